"""The sidecar: `python -m keepwell.health --port 8081` serves /health beside any process.

For what serves no HTTP itself, or is not written in Python. SIGTERM makes /health and /readyz
answer 503 for a while before it ends, so that whoever asks learns of it.
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence

from keepwell.health.asgi import Health
from keepwell.health.server import Server


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until SIGTERM or SIGINT; 2 when a variable is missing or the port is taken."""
    options = _parser().parse_args(arguments)
    try:
        health = Health.from_environment()
        asyncio.run(_serve(health, options))
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - the border
        return 2
    return 0


async def _serve(health: Health, options: argparse.Namespace) -> None:
    server = Server(health, host=options.host, port=options.port)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    port = await server.start()
    print(f"keepwell.health listens on {options.host}:{port}", flush=True)  # noqa: T201 - likewise
    await stopping.wait()
    health.drain()
    await asyncio.sleep(options.drain_s)
    await server.stop()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m keepwell.health", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8081, help="port, 0 for any (%(default)s)")
    parser.add_argument(
        "--drain-s",
        type=float,
        default=5.0,
        help="how long it answers 503 after SIGTERM before it ends (%(default)s)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
