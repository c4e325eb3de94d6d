"""What all tests share: options, the vendors' descriptions, and the rule that CI skips nothing."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.skips import NO_SCHEMAS, is_forbidden, schemas_folder


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the expected files of tests/golden from what is generated now, and the list "
        "of calls in tests/contracts",
    )
    parser.addoption(
        "--live",
        action="store_true",
        help="run the tests that ask the real vendors, with tokens from the environment",
    )


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """One more than processors, because many tests wait for a server."""
    return (yield) + 1


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that ask the real vendors are none of the suite, unless --live says so."""
    if config.getoption("--live"):
        return
    live = [item for item in items if item.get_closest_marker("live")]
    config.hook.pytest_deselected(items=live)
    items[:] = [item for item in items if item not in live]


@pytest.fixture(scope="session")
def schemas() -> Path:
    """The folder of the vendors' own descriptions."""
    folder = schemas_folder()
    if folder is None:
        pytest.skip(NO_SCHEMAS)
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """With KEEPWELL_NO_SKIP=1 a skip is a failure: CI installs whatever a test needs."""
    report = yield
    if report.skipped and is_forbidden(str(report.longrepr)):
        report.outcome = "failed"
        report.longrepr = f"skipped under KEEPWELL_NO_SKIP=1: {report.longrepr}"
    return report
