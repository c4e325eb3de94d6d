"""What all tests share: options, and the rule that CI skips nothing."""

import os

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the expected files of tests/golden from what is generated now",
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """With KEEPWELL_NO_SKIP=1 a skip is a failure: CI installs whatever a test needs."""
    report = yield
    if os.environ.get("KEEPWELL_NO_SKIP") == "1" and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped under KEEPWELL_NO_SKIP=1: {report.longrepr}"
    return report
