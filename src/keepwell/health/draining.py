"""From SIGTERM to the end: /health says 503 at once, and the service goes on serving for a while.

A server such as uvicorn stops listening the moment it hears SIGTERM; whoever asks /health would
see a refused connection rather than "stopping". So the signal reaches it later.
"""

import asyncio
import signal
from collections.abc import Callable
from types import FrameType


def drain_at_sigterm(drain: Callable[[], None], *, stops_after_s: float) -> None:
    """Puts itself before the handler of SIGTERM that is there now, in the main thread.

    Call it where the server runs already, as in the lifespan of an application.
    """
    loop = asyncio.get_running_loop()
    former = signal.getsignal(signal.SIGTERM)

    def stop(number: int, frame: FrameType | None) -> None:
        if callable(former):
            former(number, frame)
        else:
            signal.signal(number, former or signal.SIG_DFL)
            signal.raise_signal(number)

    def hear(number: int, frame: FrameType | None) -> None:
        drain()
        loop.call_soon_threadsafe(loop.call_later, stops_after_s, stop, number, frame)

    signal.signal(signal.SIGTERM, hear)
