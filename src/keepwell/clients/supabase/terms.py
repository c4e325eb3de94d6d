"""How Supabase's Management API is called.

Source: https://supabase.com/docs/reference/api/introduction (read 2026-11): 120 requests a minute
and project; each operation names the permission that a scoped token needs.
"""

from keepwell.clients.base import Limit, Terms

TERMS = Terms(
    vendor="supabase",
    base_url="https://api.supabase.com",
    token_name="SUPABASE_ACCESS_TOKEN",  # noqa: S106 - the variable's name
    token_url="https://supabase.com/dashboard/account/tokens",  # noqa: S106
    see="README.md#supabase-token",
    limits=(Limit(requests=100, window_s=60.0),),
    permission={
        "GET /v1/projects": "project_admin_read",
        "POST /v1/projects/*/restore": "project_admin_write",
        "GET /v1/projects/*/ssl-enforcement": "database_ssl_config_read",
        "PUT /v1/projects/*/ssl-enforcement": "database_ssl_config_write",
        "GET /v1/projects/*/network-restrictions": "database_network_restrictions_read",
        "POST /v1/projects/*/network-restrictions": "database_network_restrictions_write",
        "GET /v1/projects/*/config/auth": "auth_config_read",
        "PATCH /v1/projects/*/config/auth": "auth_config_write",
        "GET /v1/projects/*/config/database/pooler": "database_pooling_config_read",
        "PATCH /v1/projects/*/config/database/pooler": "database_pooling_config_write",
        "GET /v1/projects/*/postgrest": "data_api_config_read",
        "PATCH /v1/projects/*/postgrest": "data_api_config_write",
        "GET /v1/projects/*/functions": "edge_functions_read",
        "POST /v1/projects/*/functions": "edge_functions_write",
        "PATCH /v1/projects/*/functions": "edge_functions_write",
        "GET /v1/projects/*/secrets": "edge_functions_secrets_read",
        "POST /v1/projects/*/secrets": "edge_functions_secrets_write",
    },
)
