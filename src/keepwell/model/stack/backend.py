"""Backend: what Supabase holds.

Source: https://supabase.com/docs/guides/local-development/cli/config (read 2026-11).
"""

from typing import Annotated, Literal

from pydantic import Field

from keepwell.model.stack.node import HttpsUrl, Node, SecretName, Slug

AwsRegion = Literal[
    "us-east-1", "us-east-2", "us-west-1", "us-west-2", "ap-east-1", "ap-southeast-1",
    "ap-southeast-2", "ap-northeast-1", "ap-northeast-2", "ap-south-1", "eu-west-1", "eu-west-2",
    "eu-west-3", "eu-north-1", "eu-central-1", "eu-central-2", "ca-central-1", "sa-east-1",
]  # fmt: skip


class Pooler(Node):
    """Supavisor: how clients that speak only IPv4 (Render, GitHub) reach Postgres."""

    mode: Literal["session", "transaction"] = "session"
    default_pool_size: Annotated[int, Field(ge=1, le=3000)] | None = None


class NetworkRestrictions(Node):
    """Who may open a connection to Postgres. `render_outbound` stands for Render's own ranges."""

    render_outbound: bool = False
    cidrs: list[str] = []


class Database(Node):
    """Postgres. `tls` is what clients must verify, `enforce_tls` what the server refuses."""

    major_version: Literal[15, 17] = 17
    tls: Literal["verify-full", "verify-ca", "require", "prefer", "allow", "disable"]
    enforce_tls: bool
    pooler: Pooler = Pooler()
    network_restrictions: NetworkRestrictions = NetworkRestrictions()


class Auth(Node):
    """The settings of Supabase Auth that the stack relies on."""

    site_url: HttpsUrl
    redirect_urls: list[HttpsUrl] = []
    jwt_expiry_s: Annotated[int, Field(ge=60, le=604800)] = 3600
    signup: bool = True
    confirm_email: bool = True
    minimum_password_length: Annotated[int, Field(ge=6, le=72)] = 12
    refresh_token_rotation: bool = True


class DataApi(Node):
    """The Data API (PostgREST): which schemas it shows, and how many rows it answers at most."""

    schemas: list[Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]{0,62}$")]]
    extra_search_path: list[Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]{0,62}$")]] = [
        "public",
        "extensions",
    ]
    max_rows: Annotated[int, Field(ge=0, le=1_000_000)] = 1000


class EdgeFunction(Node):
    """An Edge Function, deployed from `entrypoint`."""

    entrypoint: str | None = None
    verify_jwt: bool = True
    secrets: list[SecretName] = []


class Vault(Node):
    """Supabase Vault. `role` alone may put, read and rotate; `secrets` are put by keepwell."""

    role: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]{0,62}$")]
    secrets: list[SecretName] = []


class Backend(Node):
    """Everything on Supabase."""

    project: Annotated[str, Field(pattern=r"^[a-z]{20}$")]
    plan: Literal["free", "pro", "team", "enterprise"]
    region: AwsRegion
    database: Database
    auth: Auth
    data_api: DataApi | None = None
    functions: dict[Slug, EdgeFunction] = {}
    vault: Vault | None = None
