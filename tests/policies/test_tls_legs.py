import pytest

from keepwell.model.verdict import Status
from keepwell.policies.tls_legs import TlsLegs
from tests.policies.stacks import REMOVED, Edits, findings, judged

FAIL, PASS, WARN = Status.FAIL, Status.PASS, Status.WARN
EDGE, ORIGIN = (PASS, "cloudflare.tls"), (PASS, "cloudflare.tls.mode")
POSTGRES = (PASS, "supabase.database.tls")
QUEUE = (WARN, "render.key_values.queue")
TLS = "cloudflare.tls"


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({}, [EDGE, ORIGIN, POSTGRES, QUEUE]),
        ({f"{TLS}.minimum_version": "1.3"}, [EDGE, ORIGIN, POSTGRES, QUEUE]),
        ({f"{TLS}.always_https": False}, [(FAIL, f"{TLS}.always_https"), ORIGIN, POSTGRES, QUEUE]),
        ({f"{TLS}.minimum_version": "1.0"}, [(FAIL, f"{TLS}.minimum_version"), ORIGIN, POSTGRES, QUEUE]),
        ({f"{TLS}.minimum_version": "1.1"}, [(FAIL, f"{TLS}.minimum_version"), ORIGIN, POSTGRES, QUEUE]),
        ({f"{TLS}.hsts": REMOVED}, [(WARN, TLS), ORIGIN, POSTGRES, QUEUE]),
        ({f"{TLS}.hsts.max_age_s": 0}, [(WARN, f"{TLS}.hsts.max_age_s"), ORIGIN, POSTGRES, QUEUE]),
        ({f"{TLS}.mode": "full"}, [EDGE, (FAIL, f"{TLS}.mode"), POSTGRES, QUEUE]),
        ({f"{TLS}.automatic_mode": "auto"}, [EDGE, (FAIL, f"{TLS}.automatic_mode"), POSTGRES, QUEUE]),
        ({"supabase.database.tls": "require"}, [EDGE, ORIGIN, (FAIL, "supabase.database.tls"), QUEUE]),
        ({"supabase.database.tls": "verify-ca"}, [EDGE, ORIGIN, (FAIL, "supabase.database.tls"), QUEUE]),
        (
            {"supabase.database.enforce_tls": False},
            [EDGE, ORIGIN, (FAIL, "supabase.database.enforce_tls"), QUEUE],
        ),
        ({"render.key_values": {}}, [EDGE, ORIGIN, POSTGRES]),
    ],
)  # fmt: skip
def test_every_leg_is_stated(edits: Edits, expected: list[tuple[Status, str]]):
    assert judged(TlsLegs(), edits) == expected


@pytest.mark.parametrize(
    ("ranges", "end"),
    [
        ([], "within Render's private network"),
        ([{"source": "0.0.0.0/0"}], "and 1 ranges of addresses may connect from outside"),
    ],
)
def test_a_queue_open_to_the_outside_is_said(ranges: list[dict[str, str]], end: str):
    *_, leg = findings(TlsLegs(), {"render.key_values.queue.ip_allow_list": ranges})
    assert "plaintext" in leg.message
    assert leg.message.endswith(end)
