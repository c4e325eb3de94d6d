import inspect
from pathlib import Path

import pytest

from keepwell import checks
from keepwell.checks import CHECKS
from keepwell.model.probe import NoAnswer, Sample
from tests.checks.samples import answer, silence


def test_the_registry_is_the_folder() -> None:
    files = Path(checks.__file__).parent.glob("*.py")
    assert set(CHECKS) == {file.stem for file in files} - {"__init__"}


@pytest.mark.parametrize("name", CHECKS)
def test_each_check_has_a_title_and_an_explanation(name: str) -> None:
    title, text = inspect.getdoc(type(CHECKS[name])), inspect.getdoc(CHECKS[name].look)
    assert title
    assert "\n" not in title
    assert text


HOSTILE = [
    answer(body=b"\xff\xfe\x00" * 100),
    answer(body=b"[" * 60_000),
    answer(body=b'{"status": "pass", "checks": {"a:responseTime": [{"observedValue": 1e999}]}}'),
    answer(
        body=b'{"status": "pass", "checks": {"a:responseTime": [{"observedValue": %d}]}}' % 10**400
    ),
    answer(body=b'{"status": "pass", "checks": [1, 2], "components": null, "releaseId": {}}'),
    answer(code=999, body=b"", headers={"strict-transport-security": "max-age=" + "9" * 5000}),
    answer(tls_version="TLSv9.9"),
    answer(code=301, headers={"location": "https://[broken"}),
    *(silence(error) for error in NoAnswer),
]


@pytest.mark.parametrize("sample", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("name", CHECKS)
def test_no_answer_breaks_a_check_and_each_names_itself(name: str, sample: Sample) -> None:
    found = CHECKS[name].look(sample)
    assert found is None or found.rule == name
    assert found is None or found.message.isprintable()
