"""Whose certificates count: read once for all vendors, beside other work where that is asked for.

Reading takes longer than some calls, and does not hold Python up while it lasts.
"""

import ssl
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache

import httpx


@cache
def prepare_authorities() -> Future[ssl.SSLContext]:
    """Begins to read the authorities, once in a process, and does not wait for the end."""
    reader = ThreadPoolExecutor(1, thread_name_prefix="authorities")
    reading = reader.submit(httpx.create_ssl_context)
    reader.shutdown(wait=False)
    return reading


def authorities() -> ssl.SSLContext:
    """The context of every connection, once it is there."""
    return prepare_authorities().result()
