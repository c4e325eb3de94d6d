import pytest

from keepwell.model.verdict import Status
from keepwell.policies.secrets import Secrets
from tests.policies.stacks import REMOVED, Edits, findings, judged

FAIL, PASS, WARN = Status.FAIL, Status.PASS, Status.WARN
ENV = "render.services.api.env"
WELL = [(PASS, "secrets")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SESSION_SECRET", "change-me"),
        ("ADMIN_PASSWORD", 12345),
        ("apiToken_TOKEN", "x"),
        ("READ_DATABASE_URL", "postgres://localhost/app"),
        ("SENTRY_DSN", "https://o1.ingest.example/1"),
        ("STRIPE_KEY", "x"),
        ("A", "postgres://app:hunter2@db.example/app"),
        ("A", "redis://:hunter2@queue:6379"),
        ("A", "sbp_0102030405060708"),
        ("A", "rnd_0102030405060708"),
        ("A", "ghp_0102030405060708"),
        ("A", "github_pat_0102030405060708"),
        ("A", "sk-ant-0102030405060708"),
        ("A", "AKIAIOSFODNN7EXAMPLE"),
        ("A", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc"),
        ("A", "-----BEGIN RSA PRIVATE KEY-----\nMII"),
        ("A", "3f786850e387550fdab836ed7e6dc881de23001b"),
        ("A", "q8Zt1LkR0vW9xYb3cD5eF7gH"),
    ],
)  # fmt: skip
def test_a_literal_is_refused_by_name_or_by_shape(name: str, value: str | int):
    found = findings(Secrets(), {f"{ENV}.{name}": value})
    assert [(finding.status, finding.path) for finding in found] == [(FAIL, f"{ENV}.{name}")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOG_LEVEL", "info"),
        ("MAX_TOKENS", 4096),
        ("TOKEN_TTL_S", 60),
        ("SUPABASE_ANON_KEY", "anything"),
        ("META_PUBLIC_KEY", "anything"),
        ("PARTITION_KEY", "tenant"),
        ("MONKEY", "banana"),
        ("API_URL", "https://api.livestreamsell.example/v1"),
        ("TENANT", "9b2f7c1e-4d8a-4f60-9f3e-1a2b3c4d5e6f"),
        ("PATTERN", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("SENTENCE", "the quick brown fox jumps over the lazy dog"),
        ("TASK", "task-queue-for-webhooks-and-more"),
    ],
)
def test_what_is_no_secret_passes(name: str, value: str | int):
    assert judged(Secrets(), {f"{ENV}.{name}": value}) == WELL


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("render.env_groups.shared.API_TOKEN", "x"),
        ("render.services.api.docker_command", "app --key sk-ant-0102030405060708"),
        ("render.services.api.env_groups.1", "sk-ant-0102030405060708"),
        ("secrets.HEALTH_TOKEN.description", "it is ghp_0102030405060708"),
        ("cloudflare.dns.2.values.0", "rnd_0102030405060708"),
    ],
)
def test_a_literal_is_found_wherever_it_stands(path: str, value: str):
    assert judged(Secrets(), {path: value}) == [(FAIL, path)]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{ENV}.X", {"secret": "META_APP_SECRETS"}),
        ("render.env_groups.shared.X", {"secret": "MISSING"}),
        ("supabase.vault.secrets.1", "MISSING"),
        ("supabase.functions.customer-keys.secrets", ["MISSING"]),
        ("keep_alive.targets.api.headers.x-more", "MISSING"),
    ],
)
def test_what_is_referred_to_must_be_declared(path: str, value: object):
    [(status, found)] = judged(Secrets(), {path: value})
    assert status is FAIL
    assert found.startswith(path)


def test_a_sender_and_a_bearer_refer_too():
    paths = {
        "cloudflare.machine_paths.1.sender.secret": "MISSING",
        "keep_alive.targets.api.bearer": "MISSING",
    }
    assert set(paths) <= {path for _, path in judged(Secrets(), dict(paths))}


def test_the_hint_for_a_slip_names_the_nearest_secret():
    [finding] = findings(Secrets(), {f"{ENV}.X": {"secret": "META_APP_SECRETS"}})
    assert finding.hint == "Write META_APP_SECRET, or declare it"


def test_a_secret_that_nobody_uses_is_a_warning():
    edits: Edits = {"secrets.OLD": {"kind": "token"}}
    assert judged(Secrets(), edits) == [(WARN, "secrets.OLD")]
    assert judged(Secrets(), {"supabase.vault": REMOVED}) == WELL
    assert judged(Secrets(), {"keep_alive.targets.api.bearer": REMOVED}) == WELL


def test_no_finding_shows_the_value():
    value = "q8Zt1LkR0vW9xYb3cD5eF7gH"
    edits: Edits = {f"{ENV}.A": value, f"{ENV}.B_TOKEN": value, f"{ENV}.C": f"sk-ant-{value}"}
    found = findings(Secrets(), edits)
    assert len(found) == 3
    assert value not in repr(found)
