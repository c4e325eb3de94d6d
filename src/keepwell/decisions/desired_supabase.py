"""What the documents desire at Supabase, in the words of its Management API, and in the Vault.

`config.toml` is the CLI's; the CLI's own `config push` says yes to every question when nobody is
there to ask, billable ones included, so each section is mapped to the call that sets it.
Sources: https://supabase.com/docs/guides/local-development/cli/config and
https://api.supabase.com/api/v1 (read 2026-11).
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from keepwell.model.document import Document
from keepwell.model.resource import Resource
from keepwell.model.secret import SCHEME

CONFIG = "supabase/config.toml"
VAULT = "supabase/vault.sql"
EVERYBODY = ("0.0.0.0/0", "::/0")
"""What an unrestricted database lets in."""

POOLER_FIELDS = ("pool_mode", "default_pool_size")
"""What is managed of the pooler, spelled alike in config.toml and in the API."""

_FROM_RENDER = "env(DATABASE_ALLOWED_CIDRS)"
_DECLARED = re.compile(r"^# Declared: (\[.*\])$", re.MULTILINE)
_VAULT_SECRET = re.compile(r"^-- \$1 = '([A-Z0-9_]+)', \$2 = ", re.MULTILINE)


def desired(
    documents: Sequence[Document], *, render_ranges: Sequence[str] | None
) -> tuple[Resource, ...]:
    """The resources that `supabase/config.toml` desires; the project first, its networks last.

    Args:
        documents: the generated documents.
        render_ranges: from which networks (CIDR) Render calls; None where that is not known, which
            leaves restrictions that depend on it out.
    """
    document = next((each for each in documents if each.path == CONFIG), None)
    if document is None:
        return ()
    config = tomllib.loads(document.text)
    return (
        _resource("project", config["project_id"], status="ACTIVE_HEALTHY"),
        _resource(
            "ssl-enforcement", "database", enabled=config["db"]["ssl_enforcement"]["enabled"]
        ),
        _resource("auth", "config", **_auth(config["auth"])),
        _resource("pooler", "config", **_pooler(config["db"]["pooler"])),
        *(_resource("postgrest", "config", **_postgrest(api)) for api in _sections(config, "api")),
        *(
            _resource("edge-secret", name, value=f"{SCHEME}{name}")
            for name in config.get("edge_runtime", {}).get("secrets", {})
        ),
        *(
            _resource("function", slug, verify_jwt=function["verify_jwt"])
            for slug, function in config.get("functions", {}).items()
        ),
        *_restrictions(config["db"], text=document.text, render_ranges=render_ranges),
    )


def desired_vault(documents: Sequence[Document]) -> tuple[Resource, ...]:
    """The resources that `supabase/vault.sql` desires: what it installs, and each secret."""
    return tuple(
        each
        for document in documents
        if document.path == VAULT
        for each in (
            Resource(
                vendor="vault",
                kind="vault",
                key="schema",
                fields={"sql": sql_digest(document.text)},
            ),
            *(
                Resource(
                    vendor="vault",
                    kind="vault-secret",
                    key=name,
                    fields={"value": f"{SCHEME}{name}"},
                )
                for name in _VAULT_SECRET.findall(document.text)
            ),
        )
    )


def sql_digest(text: str) -> str:
    """Names a version of what `vault.sql` installs."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _resource(kind: str, key: str, **fields: Any) -> Resource:
    return Resource(vendor="supabase", kind=kind, key=key, fields=fields)


def _auth(auth: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "site_url": auth["site_url"],
        "uri_allow_list": ",".join(auth["additional_redirect_urls"]),
        "jwt_exp": auth["jwt_expiry"],
        "disable_signup": not auth["enable_signup"],
        "password_min_length": auth["minimum_password_length"],
        "refresh_token_rotation_enabled": auth["enable_refresh_token_rotation"],
        "mailer_autoconfirm": not auth["email"]["enable_confirmations"],
    }


def _pooler(pooler: Mapping[str, Any]) -> dict[str, Any]:
    return {name: pooler[name] for name in POOLER_FIELDS if name in pooler}


def _sections(config: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    if name in config:
        yield config[name]


def _postgrest(api: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "db_schema": ",".join(api["schemas"]),
        "db_extra_search_path": ",".join(api["extra_search_path"]),
        "max_rows": api["max_rows"],
    }


def _restrictions(
    database: Mapping[str, Any], *, text: str, render_ranges: Sequence[str] | None
) -> Iterator[Resource]:
    wanted = database.get("network_restrictions")
    if wanted is None:
        v4, v6 = EVERYBODY
        yield _resource("network-restrictions", "database", cidrs=[v4], cidrs_v6=[v6])
        return
    cidrs, cidrs_v6 = wanted["allowed_cidrs"], list(wanted["allowed_cidrs_v6"])
    if cidrs == _FROM_RENDER:
        if render_ranges is None:
            return
        declared = _DECLARED.search(text)
        cidrs = [*(json.loads(declared[1]) if declared else []), *render_ranges]
    everything = [*cidrs, *cidrs_v6]
    yield _resource(
        "network-restrictions",
        "database",
        cidrs=sorted({each for each in everything if ":" not in each}),
        cidrs_v6=sorted({each for each in everything if ":" in each}),
    )
