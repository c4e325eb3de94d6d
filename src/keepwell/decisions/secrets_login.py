"""Who logs in by a database's address, and the role that takes turns with it.

A password is never changed under running instances: they would fail until they are deployed again,
and Supavisor locks the role out while they try. So two roles with the same grants take turns.
Source: https://github.com/orgs/supabase/discussions/45688 (read 2026-11).
"""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from keepwell.errors import UsageError

_TURNS = {"_a": "_b", "_b": "_a"}
_SEE = "README.md#secrets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """The role of an address, its password, percent-decoded, and the `other` role of the pair."""

    role: str
    other: str
    password: str = field(repr=False)


def login_of(secret: str, address: str, *, project: str) -> Login:
    """The login of a `postgresql://` address, which is the value of `secret`.

    At Supavisor a user is `ROLE.PROJECT`; the project is taken off.

    Raises:
        UsageError: the address is none, is of another project, or its role takes no turns.
    """
    user, password = _credentials(secret, address)
    role, _, named = user.partition(".")
    if named not in ("", project):
        raise UsageError(
            f"{secret} is of the project {named}, and this stack's is {project}",
            hint="copy the address from this project's page",
        )
    ending = role[-2:]
    if ending not in _TURNS or len(role) == len(ending):
        raise UsageError(
            f"{secret} logs in as {role}, which ends neither in _a nor in _b",
            hint=f"make {role}_a and {role}_b with the same grants, and put the one that runs do "
            f"not use into {secret}: a new password for a role in use locks the instances out",
            see=_SEE,
        )
    return Login(role=role, other=role[:-2] + _TURNS[ending], password=password)


def _credentials(secret: str, address: str) -> tuple[str, str]:
    """The user and the password; no error quotes the address, which holds both."""
    try:
        parts = urlsplit(address)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
    except ValueError:
        user, password = "", ""
    if not user or not password or not parts.scheme.startswith("postgres"):
        raise UsageError(
            f"{secret} is no postgresql:// address with a user and a password",
            hint="percent-encode what the password holds of : / ? # [ ] @ %",
            see=_SEE,
        )
    return user, password
