"""The model takes its time: webhooks are taken at once all the same, and answered later."""

import hashlib
import hmac
import http.client
import json
import socket
import ssl
from collections.abc import Generator
from contextlib import closing

from redis import Redis

from keepwell.clock import SystemClock
from keepwell.rehearsal.scenario import Scenario
from keepwell.rehearsal.stage import Stage, target_hosts

_PATH = "/webhooks/meta"
_ANSWERED_WITHIN_S = 15.0
_POLL_S = 0.1


def _play(stage: Stage) -> Generator[str]:
    with Redis.from_url(stage.redis.url) as redis:
        stream = f"{stage.deployment.environment('ai-worker')['WEBHOOK_STREAM']}:replies"
        before = redis.xlen(stream)
        status = _deliver(stage)
        is_waiting = redis.xlen(stream) == before
        stage.tell(f"the edge answered a webhook with {status}")
        yield f"webhook: {status}, {'the model still thinks' if is_waiting else 'answered'}"
        clock = SystemClock()
        give_up_s = clock.monotonic_s() + _ANSWERED_WITHIN_S
        while redis.xlen(stream) == before and clock.monotonic_s() < give_up_s:
            clock.sleep(_POLL_S)
        yield f"worker: {'replied' if redis.xlen(stream) > before else 'silent'}"


def _deliver(stage: Stage) -> int:
    """Delivers a signed webhook by the edge, as Meta does; the status code."""
    body = json.dumps({"object": "whatsapp_business_account", "entry": []}).encode()
    secret = stage.deployment.secret_values["META_APP_SECRET"].encode()
    signature = f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}"
    host = target_hosts(stage.stack)[0]
    connection = http.client.HTTPConnection(host)
    context = ssl.create_default_context(cafile=str(stage.edge.ca_file))
    plain = socket.create_connection(("127.0.0.1", stage.edge.port), timeout=10)
    with closing(connection):
        connection.sock = context.wrap_socket(plain, server_hostname=host)
        connection.request("POST", _PATH, body=body, headers={"x-hub-signature-256": signature})
        return connection.getresponse().status


SLOW_MODEL = Scenario(
    title="a webhook comes in while the model takes 2 s for a reply",
    expected=("webhook: 200, the model still thinks", "worker: replied"),
    play=_play,
)
