import pytest

from keepwell.model.verdict import Status
from keepwell.policies.worker_isolation import WorkerIsolation
from tests.policies.stacks import REMOVED, Edits, findings, judged

FAIL, PASS, WARN = Status.FAIL, Status.PASS, Status.WARN
API_ENV, WORKER_ENV = "render.services.api.env", "render.services.ai-worker.env"
QUEUE = "render.key_values.queue"
WELL = [(PASS, "render.services")]
LLM = {"secret": "LLM_API_KEY"}
TOKEN = {"kind": "token"}


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({}, WELL),
        ({f"{API_ENV}.LLM_API_KEY": LLM}, [(FAIL, f"{API_ENV}.LLM_API_KEY")]),
        ({f"{API_ENV}.HARMLESS": LLM}, [(FAIL, f"{API_ENV}.HARMLESS")]),
        # by a group that both have
        ({"render.env_groups.shared.MODEL_KEY": LLM}, [(FAIL, "render.env_groups.shared.MODEL_KEY")]),
        # declared as another kind, but its name says what it is
        (
            {"secrets.OPENAI_TOKEN": TOKEN, f"{API_ENV}.KEY": {"secret": "OPENAI_TOKEN"}},
            [(FAIL, f"{API_ENV}.KEY")],
        ),
        (
            {"secrets.OTHER": TOKEN, f"{API_ENV}.ANTHROPIC_API_KEY": {"secret": "OTHER"}},
            [(FAIL, f"{API_ENV}.ANTHROPIC_API_KEY")],
        ),
        ({"secrets.SMALLM": TOKEN, f"{API_ENV}.X": {"secret": "SMALLM"}}, WELL),
        # nobody who receives webhooks: the api may hold it
        ({f"{API_ENV}.LLM_API_KEY": LLM, "cloudflare.machine_paths": []}, WELL),
        ({f"{WORKER_ENV}.LLM_API_KEY": REMOVED}, [(FAIL, "secrets.LLM_API_KEY")]),
        ({"render.services.ai-worker.type": "pserv"}, [(FAIL, "secrets.LLM_API_KEY")]),
        ({f"{WORKER_ENV}.LLM_API_KEY": REMOVED, "secrets.LLM_API_KEY": REMOVED}, WELL),
        ({f"{QUEUE}.eviction": "allkeys-lru"}, [(FAIL, f"{QUEUE}.eviction")]),
        ({f"{QUEUE}.persistence": "off"}, [(FAIL, QUEUE)]),
        ({f"{QUEUE}.persistence": REMOVED}, WELL),
        ({f"{QUEUE}.plan": "free"}, [(FAIL, QUEUE)]),
        ({f"{API_ENV}.REDIS_URL": REMOVED}, [(WARN, "render.key_values")]),
        # a cache that the worker alone uses may evict
        (
            {
                "render.key_values.cache": {"plan": "starter", "eviction": "allkeys-lru"},
                f"{WORKER_ENV}.CACHE": {"key_value": "cache", "property": "connectionString"},
            },
            WELL,
        ),
    ],
)  # fmt: skip
def test_what_receives_webhooks_cannot_wait_for_the_llm(
    edits: Edits, expected: list[tuple[Status, str]]
):
    assert judged(WorkerIsolation(), edits) == expected


BETWEEN = "ai-worker does; between them queue (noeviction, persistent)"


@pytest.mark.parametrize(
    ("edits", "seen"),
    [
        ({}, f"api receives webhooks and holds no LLM secret; {BETWEEN}"),
        ({"cloudflare.machine_paths": []}, "no service receives webhooks"),
        (
            {f"{WORKER_ENV}.LLM_API_KEY": REMOVED, "secrets.LLM_API_KEY": REMOVED},
            "api receives webhooks; no LLM secret is declared",
        ),
    ],
)
def test_a_pass_says_who_holds_what(edits: Edits, seen: str):
    [finding] = findings(WorkerIsolation(), edits)
    assert finding.message == seen
