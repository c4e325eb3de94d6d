import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from keepwell.cli import main
from keepwell.commands.generate import GenerateRequest, run
from keepwell.commands.wiring import World
from keepwell.errors import StackError, UsageError
from tests.worlds import err, make_world, on_runner, out

ROOT = Path(__file__).parents[2]
STACK = ROOT / "stack.yaml"


def request(folder: Path) -> GenerateRequest:
    return GenerateRequest(stack=STACK, output=folder / "generated")


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def report(world: World) -> dict[str, object]:
    parsed: dict[str, object] = json.loads(out(world))
    return parsed


def test_the_committed_documents_are_what_the_stack_becomes(tmp_path: Path):
    world = make_world()
    assert run(request(tmp_path), world=world) == 0
    assert tree(tmp_path / "generated") == tree(ROOT / "generated")
    assert "files changed: 10;" in out(world)


def test_the_second_run_has_nothing_to_do_and_touches_nothing(tmp_path: Path):
    run(request(tmp_path), world=make_world())
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    world = make_world()
    assert run(request(tmp_path), world=world) == 0
    assert "nothing to do" in out(world)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_check_passes_on_what_was_generated(tmp_path: Path):
    run(request(tmp_path), world=make_world())
    world = make_world()
    assert run(replace(request(tmp_path), check=True), world=world) == 0
    assert "all are fresh" in out(world)


def test_check_shows_what_differs_is_missing_or_is_left_over_and_writes_nothing(tmp_path: Path):
    run(request(tmp_path), world=make_world())
    generated = tmp_path / "generated"
    blueprint = generated / "render.yaml"
    blueprint.write_text(blueprint.read_text().replace("maxInstances: 10", "maxInstances: 99"))
    (generated / "supabase/vault.sql").unlink()
    zone = generated / "cloudflare/dns/livestreamsell.example.yaml"
    zone.with_name("sold.example.yaml").write_bytes(zone.read_bytes())
    before = tree(generated)
    world = make_world()
    assert run(replace(request(tmp_path), check=True), world=world) == 1
    assert tree(generated) == before
    shown = out(world)
    assert "-      maxInstances: 99" in shown
    assert "+      maxInstances: 10" in shown
    assert "render.yaml differs" in shown
    assert "supabase/vault.sql is missing" in shown
    assert "cloudflare/dns/sold.example.yaml is no longer generated" in shown
    assert "stale files: 3;" in shown
    assert f"run keepwell generate --output {generated}" in shown


def test_check_of_an_empty_place_creates_nothing(tmp_path: Path):
    assert run(replace(request(tmp_path), check=True), world=make_world()) == 1
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_longer_generated_goes_and_what_others_made_stays(tmp_path: Path):
    run(request(tmp_path), world=make_world())
    (tmp_path / "generated/cloudflare/notes.json").write_text("{}")
    run(replace(request(tmp_path), environment="staging"), world=make_world())
    names = set(tree(tmp_path / "generated"))
    assert "cloudflare/dns/livestreamsell-staging.example.yaml" in names
    assert "cloudflare/dns/livestreamsell.example.yaml" not in names
    assert "cloudflare/notes.json" in names


def test_a_failed_policy_stops_everything_with_its_place(tmp_path: Path):
    text = STACK.read_text().replace("min: 1, max: 10", "min: 10, max: 1")
    (tmp_path / "stack.yaml").write_text(text)
    line = next(n for n, row in enumerate(text.splitlines(), start=1) if "min: 10" in row)
    world = make_world()
    code = run(replace(request(tmp_path), stack=tmp_path / "stack.yaml"), world=world)
    assert code == 1
    assert not (tmp_path / "generated").exists()
    assert "nothing is written" in out(world)
    assert f"stack.yaml:{line}:" in out(world)


def test_the_report_carries_counts_as_outputs_of_the_action(tmp_path: Path):
    world = make_world(runner=on_runner(tmp_path))
    run(request(tmp_path), world=world)
    written = (tmp_path / "output").read_text()
    assert dict(re.findall(r"^(\w+)<<(?:\w+)\n(.*)$", written, re.MULTILINE)) == {
        "status": "warn",  # the plaintext leg to the Key Value store, as stated
        "changed": "10",
        "documents": "10",
    }


def test_json_is_a_report(tmp_path: Path):
    world = make_world()
    run(replace(request(tmp_path), format="json"), world=world)
    assert report(world)["command"] == "generate"


def test_one_template_can_be_replaced(tmp_path: Path):
    override = tmp_path / "mine/supabase/config.toml.j2"
    override.parent.mkdir(parents=True)
    override.write_text("project_id = {{ stack.supabase.project | toml }}\n")
    assert run(replace(request(tmp_path), templates=tmp_path / "mine"), world=make_world()) == 0
    found = tree(tmp_path / "generated")
    header, *rest = found.pop("supabase/config.toml").decode().splitlines()
    assert header.startswith("# Made by keepwell generate")
    assert rest == ['project_id = "livestreamsellprodaa"']
    ours = tree(ROOT / "generated")
    del ours["supabase/config.toml"]
    assert found == ours


def test_a_failing_template_writes_nothing_and_names_its_line(tmp_path: Path):
    override = tmp_path / "mine/cron-job-org/jobs.json.j2"
    override.parent.mkdir(parents=True)
    override.write_text('{\n  "jobs": {{ stack.keep_alive.every_minutes }}\n}\n')
    with pytest.raises(StackError) as caught:
        run(replace(request(tmp_path), templates=tmp_path / "mine"), world=make_world())
    assert str(caught.value.problems[0]).startswith(f"{override}:2:1: ")
    assert not (tmp_path / "generated").exists()


def test_a_folder_of_strange_templates_is_refused(tmp_path: Path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/render.yml.j2").write_text("")
    with pytest.raises(UsageError, match=r"render\.yml\.j2") as caught:
        run(replace(request(tmp_path), templates=tmp_path / "mine"), world=make_world())
    assert "render/render.yaml.j2" in caught.value.hint


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 0),
        (["--check"], 1),
        (["--environment", "nowhere"], 2),
        (["--stack", "missing.yaml"], 2),
        (["--templates", "missing"], 2),
        (["--output", os.devnull], 2),
        (["--format", "xml"], 2),
        (["surplus"], 2),
    ],
)
def test_the_command_line_answers_with_the_documented_code(
    tmp_path: Path, arguments: list[str], code: int
):
    world = make_world()
    here = ["--stack", str(STACK), "--output", str(tmp_path / "out")]
    assert main(["generate", *here, *arguments], world=world) == code
    assert "Traceback" not in err(world)
    if code == 2:
        assert out(world) == ""
