from pathlib import Path

import pytest

from keepwell.decisions.desired_supabase import desired, desired_vault, sql_digest
from keepwell.model.document import Document

GENERATED = Path(__file__).parents[2] / "generated" / "supabase"
CONFIG = (GENERATED / "config.toml").read_text()
SQL = (GENERATED / "vault.sql").read_text()
RANGES = ["74.220.56.0/24", "74.220.48.0/24"]


def resources(text: str = CONFIG, ranges=RANGES):
    documents = [Document(path="supabase/config.toml", text=text)]
    return {each.address: each.fields for each in desired(documents, render_ranges=ranges)}


def test_the_real_stack():
    assert resources() == {
        "supabase project livestreamsellprodaa": {"status": "ACTIVE_HEALTHY"},
        "supabase ssl-enforcement database": {"enabled": True},
        "supabase auth config": {
            "site_url": "https://app.livestreamsell.example",
            "uri_allow_list": "https://app.livestreamsell.example/auth/callback",
            "jwt_exp": 3600,
            "disable_signup": False,
            "password_min_length": 12,
            "refresh_token_rotation_enabled": True,
            "mailer_autoconfirm": False,
        },
        "supabase pooler config": {"pool_mode": "session"},
        "supabase function customer-keys": {"verify_jwt": True},
        "supabase network-restrictions database": {
            "cidrs": ["74.220.48.0/24", "74.220.56.0/24"],
            "cidrs_v6": [],
        },
    }


def test_the_project_comes_first_and_its_networks_last():
    addresses = list(resources())
    assert addresses[0].startswith("supabase project")
    assert addresses[-1] == "supabase network-restrictions database"


def test_the_data_api_is_managed_where_it_is_declared():
    section = '[api]\nschemas = ["api", "b"]\nextra_search_path = ["public"]\nmax_rows = 500\n'
    assert resources(CONFIG + section)["supabase postgrest config"] == {
        "db_schema": "api,b",
        "db_extra_search_path": "public",
        "max_rows": 500,
    }


def networks(text: str, ranges=RANGES):
    return resources(text, ranges).get("supabase network-restrictions database")


def test_declared_ranges_stand_beside_those_of_render():
    text = CONFIG.replace("# Declared: []", '# Declared: ["10.0.0.0/8", "74.220.48.0/24"]')
    assert networks(text, [*RANGES, "2001:db8::/32"]) == {
        "cidrs": ["10.0.0.0/8", "74.220.48.0/24", "74.220.56.0/24"],
        "cidrs_v6": ["2001:db8::/32"],
    }


def test_without_renders_ranges_nothing_is_wanted_of_networks():
    assert networks(CONFIG, None) is None


def test_ranges_of_ones_own_need_no_others():
    text = CONFIG.replace('"env(DATABASE_ALLOWED_CIDRS)"', '["10.0.0.0/8"]').replace(
        "allowed_cidrs_v6 = []", 'allowed_cidrs_v6 = ["2001:db8::/32"]'
    )
    assert networks(text, None) == {"cidrs": ["10.0.0.0/8"], "cidrs_v6": ["2001:db8::/32"]}


def test_no_restrictions_let_everybody_in():
    start, end = CONFIG.index("[db.network_restrictions]"), CONFIG.index("[auth]")
    assert networks(CONFIG[:start] + CONFIG[end:]) == {
        "cidrs": ["0.0.0.0/0"],
        "cidrs_v6": ["::/0"],
    }


def test_secrets_of_functions_are_references():
    text = CONFIG + '\n[edge_runtime.secrets]\nSTRIPE_KEY = "env(STRIPE_KEY)"\n'
    assert resources(text)["supabase edge-secret STRIPE_KEY"] == {"value": "secret://STRIPE_KEY"}


def test_without_a_document_nothing_is_wanted():
    assert desired([], render_ranges=RANGES) == ()
    assert desired_vault([]) == ()


def vault(text: str):
    documents = [Document(path="supabase/vault.sql", text=text)]
    return {each.address: each.fields for each in desired_vault(documents)}


def test_the_vault_of_the_real_stack():
    assert vault(SQL) == {
        "vault vault schema": {"sql": sql_digest(SQL)},
        "vault vault-secret LLM_API_KEY": {"value": "secret://LLM_API_KEY"},
    }


@pytest.mark.parametrize(("text", "same"), [(SQL, True), (SQL + " ", False)])
def test_another_text_is_another_version(text: str, same: bool):  # noqa: FBT001
    assert (sql_digest(text) == sql_digest(SQL)) is same
