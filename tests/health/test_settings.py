import pytest

from keepwell.health import Health, Settings

FULL = {
    "DATABASE_URL": "postgresql://u:p4ss@db/x",
    "REDIS_URL": "redis://:r3dis@kv:6379",
    "HEALTH_TOKEN": "t0ken\n",
    "RENDER_GIT_COMMIT": "f926f80",
    "RENDER_INSTANCE_ID": "srv-1-abc",
}


def test_the_environment_is_read():
    assert Settings.from_environment(FULL) == Settings(
        database_url="postgresql://u:p4ss@db/x",
        redis_url="redis://:r3dis@kv:6379",
        health_token="t0ken",
        release_id="f926f80",
        instance_id="srv-1-abc",
    )


@pytest.mark.parametrize(
    ("value", "is_on"),
    [("1", True), ("TRUE", True), (" yes\n", True), ("", False), ("0", False), ("no", False)],
)
def test_switches_are_off_unless_they_say_yes(value, is_on):
    names = {"HEALTH_REQUIRE_TLS": value, "HEALTH_METRICS": value}
    settings = Settings.from_environment(names)
    assert (settings.require_tls, settings.has_metrics) == (is_on, is_on)


def test_tls_that_is_demanded_must_be_in_the_dsn(monkeypatch):
    for name, value in (FULL | {"HEALTH_REQUIRE_TLS": "1"}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match="sslmode"):
        Health.from_environment()
    monkeypatch.setenv("DATABASE_URL", f"{FULL['DATABASE_URL']}?sslmode=verify-full")
    Health.from_environment()


def test_outside_render_the_host_names_the_instance():
    settings = Settings.from_environment({})
    assert settings.instance_id
    assert settings.release_id == ""


def test_no_secret_shows():
    for shown in (repr(Settings.from_environment(FULL)), str(Settings.from_environment(FULL))):
        assert "f926f80" in shown
        assert "database_url=***" in shown
        assert not any(secret in shown for secret in ("p4ss", "r3dis", "t0ken", "db/x"))


def test_what_is_not_set_shows_as_such():
    assert "health_token=''" in repr(Settings())


def test_the_deadlines_stay_under_the_5_seconds_of_render():
    settings = Settings()
    assert settings.check_timeout_s < settings.total_timeout_s < 5


@pytest.mark.parametrize("missing", ["DATABASE_URL", "REDIS_URL"])
def test_a_dependency_that_is_not_configured_is_refused(missing, monkeypatch):
    for name, value in FULL.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv(missing, "")
    with pytest.raises(ValueError, match="DATABASE_URL and REDIS_URL") as refused:
        Health.from_environment()
    assert "p4ss" not in str(refused.value)
    assert "r3dis" not in str(refused.value)
