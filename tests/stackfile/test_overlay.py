from pathlib import Path

import pytest

from keepwell.stackfile import load
from tests.stackfile.samples import SMALL, changed, error_of, problems_of, stack_of

STAGING = """\
environments:
  production: {}
  staging:
    network: { budget_ms: 20 }
    render:
      services:
        api: { plan: standard, scaling: { min: 1, max: 2 } }
        worker: { type: worker, runtime: docker, plan: starter }
    cloudflare:
      dns: [{ name: api, type: A, values: ["192.0.2.1"] }]
    verify: { consecutive: 5 }
"""


def test_an_overlay_merges_mappings_and_replaces_lists_and_scalars(tmp_path: Path):
    stack = stack_of(SMALL + STAGING, folder=tmp_path, environment="staging")
    api = stack.render.services["api"]
    assert stack.environment == "staging"
    assert stack.service_name("api") == "api-staging"
    assert (api.plan, api.runtime) == ("standard", "docker")
    assert list(api.env) == ["DATABASE_URL"]
    assert list(stack.render.services) == ["api", "worker"]
    assert [record.type for record in stack.cloudflare.dns] == ["A"]
    assert stack.network.budget_ms == 20


def test_the_base_is_untouched_by_the_overlay_of_another(tmp_path: Path):
    production = stack_of(SMALL + STAGING, folder=tmp_path)
    assert production == stack_of(SMALL, folder=tmp_path)
    assert production.environment == "production"


def test_lines_of_an_overlay_are_kept(tmp_path: Path):
    path = tmp_path / "stack.yaml"
    path.write_text(SMALL + STAGING)
    lines = path.read_text().splitlines()
    loaded = load(path, environment="staging")
    plan = loaded.place("render.services.api.plan")
    runtime = loaded.place("render.services.api.runtime")
    assert plan is not None
    assert runtime is not None
    assert lines[plan.line - 1][plan.column - 1 :].startswith("standard")
    assert lines[runtime.line - 1][runtime.column - 1 :].startswith("docker")
    assert plan.line > runtime.line


def test_null_removes_a_key(tmp_path: Path):
    with_disk = changed("      plan: starter\n", "      plan: starter\n      branch: main\n")
    overlay = "environments:\n  production: { render: { services: { api: { branch: ~ } } } }\n"
    assert stack_of(with_disk, folder=tmp_path).render.services["api"].branch == "main"
    assert stack_of(with_disk + overlay, folder=tmp_path).render.services["api"].branch is None


def test_what_an_overlay_removes_and_the_stack_needs_is_missing_there(tmp_path: Path):
    overlay = "environments: { production: { supabase: { plan: ~ }, verify: } }\n"
    line = len(SMALL.splitlines()) + 1
    assert problems_of(SMALL + overlay, folder=tmp_path) == [
        f"{line}:49: supabase: `plan` is missing",
        f"{line}:54: `verify` is missing",
    ]


def test_a_removal_that_removes_nothing_is_a_mistake(tmp_path: Path):
    overlay = "environments: { production: { supabase: { plam: ~ } } }\n"
    (problem,) = error_of(SMALL + overlay, folder=tmp_path).problems
    assert "supabase: no `plam` above that null could remove" in problem.message
    assert problem.hint == "did you mean `plan`?"


@pytest.mark.parametrize("overlays", ["", "environments:\n", "environments: {}\n"])
def test_without_overlays_the_base_is_production(overlays: str, tmp_path: Path):
    assert stack_of(SMALL + overlays, folder=tmp_path).environment == "production"
    error = error_of(SMALL + overlays, folder=tmp_path, environment="staging")
    assert "no environment `staging`" in error.message
    assert "only `production`" in error.hint


def test_an_empty_overlay_changes_only_the_name(tmp_path: Path):
    text = SMALL + "environments:\n  production:\n  staging:\n"
    staging = stack_of(text, folder=tmp_path, environment="staging")
    production = stack_of(text, folder=tmp_path)
    assert staging == production.model_copy(update={"environment": "staging"})


def test_an_unknown_environment_is_answered_with_the_nearest(tmp_path: Path):
    error = error_of(SMALL + STAGING, folder=tmp_path, environment="stagin")
    assert "no environment `stagin`" in error.message
    assert error.hint == "did you mean `staging`?"


def test_without_production_one_must_be_named(tmp_path: Path):
    text = SMALL + "environments:\n  blue:\n  green:\n"
    assert error_of(text, folder=tmp_path).hint == "there is `blue`, `green`"
    assert stack_of(text, folder=tmp_path, environment="green").environment == "green"


@pytest.mark.parametrize(
    ("overlays", "expected"),
    [
        ("environments: [a]", "environments: expected a mapping of overlays"),
        ("environments: { production: 5 }", "expected a mapping, as at the top of the file"),
        ("environments: { Blue: {}, production: {} }", "environment: expected lower-case letters"),
        ("environments: { production: { rendr: {} } }", "unknown key `rendr`"),
        ("environments: { production: { environments: {} } }", "unknown key `environments`"),
        ("environments: { production: { environment: x } }", "unknown key `environment`"),
        (
            "environments: { production: { render: 5 } }",
            "render: expected a mapping, not the number 5",
        ),
        (
            "environments: { production: {}, b: { verify: { consecutive: 0 } } }",
            "verify.consecutive: expected at least 1, not the number 0",
        ),
        (
            "environments: {" + ", ".join(f"e{n}: " for n in range(11)) + ", production: }",
            "environments: more than 10",
        ),
    ],
)
def test_a_wrong_overlay_is_named_whichever_environment_is_loaded(
    overlays: str, expected: str, tmp_path: Path
):
    (problem,) = problems_of(f"{SMALL}{overlays}\n", folder=tmp_path)
    assert problem.startswith(f"{len(SMALL.splitlines()) + 1}:")
    assert expected in problem


def test_a_mistake_in_the_base_is_told_once_for_all_environments(tmp_path: Path):
    text = changed("plan: starter", "plan: 5") + STAGING
    assert problems_of(text.replace("plan: standard, ", ""), folder=tmp_path) == [
        "13:13: render.services.api.plan: expected text, not the number 5"
    ]
