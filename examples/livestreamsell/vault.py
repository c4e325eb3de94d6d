"""Keeps the private keys of customers in Supabase Vault, by a database role of its own.

The role may call two functions of `generated/supabase/vault.sql` and nothing else; they write no
key in clear. A key travels as a bound parameter, so neither statements nor the server's log of
errors hold it; `repr` and logs show digests.
"""

import hashlib
import hmac
import logging
from dataclasses import dataclass, field

import asyncpg

_log = logging.getLogger(__name__)


class UnknownCustomerError(Exception):
    """The vault holds no key for that customer."""


class KeyChangedOnTheWayError(Exception):
    """What the vault gives back is not what was stored; nothing was changed."""


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A customer's private key, as text; shows its digest and never itself."""

    text: str = field(repr=False)
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", hashlib.sha256(self.text.encode()).hexdigest())


class CustomerKeys:
    """The keys in the vault. `pool` connects as the role `customer_keys`."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def put(self, customer: str, key: PrivateKey) -> None:
        """Stores the key, in place of an older one if there is one. Doing it twice is harmless.

        Raises:
            KeyChangedOnTheWayError: it did not read back as it was; nothing was changed.
        """
        await self._store(customer, key, must_exist=False)

    async def rotate(self, customer: str, key: PrivateKey) -> None:
        """Stores the key in place of the older one, which must be there.

        Raises:
            UnknownCustomerError: there is none.
            KeyChangedOnTheWayError: it did not read back as it was; nothing was changed.
        """
        await self._store(customer, key, must_exist=True)

    async def read(self, customer: str) -> PrivateKey:
        """The customer's key.

        Raises:
            UnknownCustomerError: there is none.
        """
        text = await self._pool.fetchval("SELECT customer_keys.read($1)", customer)
        if text is None:
            raise UnknownCustomerError(customer)
        return PrivateKey(text)

    async def _store(self, customer: str, key: PrivateKey, *, must_exist: bool) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            try:
                digest = await connection.fetchval(
                    "SELECT customer_keys.store($1, $2, $3)", customer, key.text, must_exist
                )
            except asyncpg.NoDataFoundError:
                raise UnknownCustomerError(customer) from None
            if not hmac.compare_digest(digest, key.digest):
                raise KeyChangedOnTheWayError(customer)
        _log.info("stored the key of %s, sha256 %s", customer, key.digest[:12])
