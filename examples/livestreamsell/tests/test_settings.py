"""What the environment must hold, and what it means."""

import pytest

from examples.livestreamsell.settings import MissingSettingsError, web_settings, worker_settings

WEB = {
    "REDIS_URL": "redis://:redis-password@127.0.0.1:1/0",
    "META_APP_SECRET": "app-secret",
    "META_VERIFY_TOKEN": "verify-token",
}


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


def test_the_worker_leaves_live_entries_alone_whatever_its_deadline() -> None:
    settings = worker_settings({"REDIS_URL": "redis://127.0.0.1:1/0", "LLM_DEADLINE_S": "90"})
    assert (settings.deadline_s, settings.abandoned_after_s) == (90.0, 180.0)
