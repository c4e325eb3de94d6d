"""What the environment must hold, and what it means."""

import pytest

from examples.livestreamsell.settings import MissingSettingsError, web_settings, worker_settings

WEB = {
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "DATABASE_URL": "postgresql://app:database-password@127.0.0.1:1/postgres",
    "META_APP_SECRET": "app-secret",
    "META_VERIFY_TOKEN": "verify-token",
    "HEALTH_TOKEN": "health-token",
}


def test_all_that_is_missing_is_named_at_once_and_an_empty_value_is_missing() -> None:
    with pytest.raises(MissingSettingsError) as error:
        web_settings({**WEB, "HEALTH_TOKEN": "", "META_APP_SECRET": ""})
    assert str(error.value) == "set META_APP_SECRET, HEALTH_TOKEN"


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


def test_the_release_is_the_commit_that_render_deployed() -> None:
    assert web_settings({**WEB, "RENDER_GIT_COMMIT": "8f2c"}).release_id == "8f2c"
    assert web_settings(WEB).release_id == "unknown"


def test_the_worker_leaves_live_entries_alone_whatever_its_deadline() -> None:
    settings = worker_settings({"REDIS_URL": "redis://127.0.0.1:1/0", "LLM_DEADLINE_S": "90"})
    assert (settings.deadline_s, settings.abandoned_after_s) == (90.0, 180.0)
