"""What the environment must hold, and what it means."""

import pytest

from examples.livestreamsell.settings import MissingSettingsError, web_settings, worker_settings

WEB = {
    "REDIS_URL": "redis://:redis-password@127.0.0.1:1/0",
    "META_APP_SECRET": "app-secret",
    "META_VERIFY_TOKEN": "verify-token",
}

WORKER = {"REDIS_URL": "redis://127.0.0.1:1/0", "DATABASE_URL": "postgresql://127.0.0.1:1/app"}


def test_all_that_is_missing_is_named_at_once_and_an_empty_value_is_missing() -> None:
    with pytest.raises(MissingSettingsError) as error:
        web_settings({**WEB, "META_APP_SECRET": "", "META_VERIFY_TOKEN": ""})
    assert str(error.value) == "set META_APP_SECRET, META_VERIFY_TOKEN"


def test_no_secret_shows_in_their_repr() -> None:
    shown = repr(web_settings({**WEB, "META_APP_SECRET_PREVIOUS": "former-secret"}))
    for secret in (
        "database-password",
        "app-secret",
        "former-secret",
        "verify-token",
        "health-token",
    ):
        assert secret not in shown


@pytest.mark.parametrize(
    ("former", "secrets"),
    [("", ("app-secret",)), ("former-secret", ("app-secret", "former-secret"))],
)
def test_a_former_secret_counts_while_it_is_set(former: str, secrets: tuple[str, ...]) -> None:
    assert web_settings({**WEB, "META_APP_SECRET_PREVIOUS": former}).app_secrets == secrets


@pytest.mark.parametrize(
    ("delay_s", "drain_s", "leave_s"), [("", 25.0, 4.0), ("300", 295.0, 4.0), ("4", 2.0, 1.6)]
)
def test_a_stop_ends_before_its_time_is_up(delay_s: str, drain_s: float, leave_s: float) -> None:
    settings = worker_settings({**WORKER, "SHUTDOWN_DELAY_S": delay_s})
    assert (settings.drain_s, settings.leave_s) == (drain_s, leave_s)


@pytest.mark.parametrize("name", ["LLM_ATTEMPTS", "WORKER_LANES", "TENANT_LANES"])
@pytest.mark.parametrize("value", ["0", "-1"])
def test_a_number_that_would_let_nothing_through_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be at least 1"):
        worker_settings({**WORKER, name: value})


def test_the_mirror_needs_its_database_and_is_off_by_default() -> None:
    assert web_settings({**WEB, "DATABASE_URL": "postgresql://"}).mirror_url == ""
    with pytest.raises(MissingSettingsError, match="set DATABASE_URL"):
        web_settings({**WEB, "MIRROR_TO_POSTGRES": "true"})


def test_a_fault_that_the_stand_in_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="LLM_FAULT is one of hang, 429, 500"):
        worker_settings({**WORKER, "LLM_FAULT": "slow"})
