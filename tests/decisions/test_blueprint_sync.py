import pytest

from keepwell.decisions.blueprint_sync import Sync, judge_sync
from keepwell.model.verdict import Status

SHA = "a" * 40


def said(sync: Sync, **more) -> list[str]:
    found = judge_sync(sync, **more)
    assert all(each.status is Status.WARN and each.hint for each in found)
    return [each.message for each in found]


@pytest.mark.parametrize(
    ("sync", "more", "expected"),
    [
        (Sync(blueprint="b", status="in_sync", state="success", revision=SHA), {}, []),
        (Sync(blueprint="b", status="a new word", state="running"), {}, []),
        (
            Sync(blueprint="b", status="paused"),
            {},
            ["the Blueprint b is not synced automatically"],
        ),
        (
            Sync(blueprint="b", is_automatic=False),
            {},
            ["the Blueprint b is not synced automatically"],
        ),
        (
            Sync(blueprint="b", state="error", revision=SHA),
            {},
            ["the last sync of the Blueprint b failed, at aaaaaaa"],
        ),
        (
            Sync(blueprint="b", status="error"),
            {},
            ["the last sync of the Blueprint b failed, at no commit"],
        ),
        (
            Sync(blueprint="b", state="success", revision=SHA),
            {"missing": ["y", "x"]},
            ["the last sync of the Blueprint b made no x, y, at aaaaaaa"],
        ),
    ],
)
def test_a_sync_is_judged(sync: Sync, more, expected: list[str]):
    assert said(sync, **more) == expected
