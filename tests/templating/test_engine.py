from pathlib import Path

import pytest

from keepwell.errors import StackError
from keepwell.model.stack import Stack
from keepwell.templating.engine import Engine
from tests.templating.stacks import small_stack


def filled(folder: Path, template: str, *, stack: Stack | None = None) -> str:
    (folder / "t.j2").write_text(template)
    return Engine(folder).fill("t.j2", stack=stack or small_stack())


def failure(folder: Path, template: str) -> tuple[int, str]:
    with pytest.raises(StackError) as caught:
        filled(folder, template)
    [problem] = caught.value.problems
    assert problem.path == str(folder / "t.j2")
    assert caught.value.exit_code == 2
    return problem.line, problem.message


def test_a_filtered_value_is_printed(tmp_path: Path):
    assert filled(tmp_path, "name: {{ stack.name | yaml }}\n") == "name: small\n"


@pytest.mark.parametrize(
    "value",
    ["stack.name", "'text'", "5", "stack.name | upper", "stack.name | yaml | upper", "true", "''"],
)
def test_a_value_without_a_filter_fails_with_its_line(tmp_path: Path, value: str):
    line, message = failure(tmp_path, f"one\n\nname: {{{{ {value} }}}}\n")
    assert line == 3
    assert "without a filter" in message
    assert "cf_string" in message


def test_a_block_may_gather_filtered_text_but_has_to_be_filtered_itself(tmp_path: Path):
    block = "{% set whole %}x eq {{ stack.name | cf_string }}{% endset %}\n"
    assert filled(tmp_path, block + "{{ whole | json }}") == '"x eq \\"small\\""'
    assert failure(tmp_path, block + "{{ whole }}")[0] == 2


@pytest.mark.parametrize(
    ("template", "line", "message"),
    [
        ("\n{{ stack.nmae | json }}", 2, "has no attribute 'nmae'"),
        ("\n{{ nothing }}", 2, "'nothing' is undefined"),
        ("\n{{ nothing.at.all | yaml }}", 2, "'nothing' is undefined"),
        ("{% if %}", 1, "Expected an expression"),
        ("\n\n{{ stack.name | shout }}", 3, "No filter named 'shout'"),
        ("\n{{ [1] | rdata | json }}", 2, "missing 1 required positional argument"),
        ("\n{{ 1 / 0 }}", 2, "division by zero"),
        ("\n{{ range(1000000) | list | json }}", 2, "Range too big"),
        ("\n{{ none | toml }}", 2, "TOML: no form for None"),
        ("\n{{ '\\ud800' | json }}", 2, "U+D800"),
        ("\n{{ fail('not like this') }}", 2, "not like this"),
        ("{% include 'other.j2' %}", 1, "there is no template other.j2"),
        ("\n{{ stack.__class__.__mro__ | json }}", 2, "access to attribute '__class__'"),
        ("\n{{ stack.cloudflare.dns.append(1) | json }}", 2, "'append' of 'list' object is unsafe"),
    ],
)
def test_a_failing_template_names_its_line(tmp_path: Path, template: str, line: int, message: str):
    found, text = failure(tmp_path, template)
    assert found == line
    assert message in text


def test_a_template_that_is_not_utf_8_is_named(tmp_path: Path):
    (tmp_path / "t.j2").write_bytes(b"\xff")
    with pytest.raises(StackError) as caught:
        Engine(tmp_path).fill("t.j2", stack=small_stack())
    assert str(caught.value.problems[0]).endswith("t.j2:1:1: the template is not UTF-8")


def test_a_failure_within_an_included_template_names_that_one(tmp_path: Path):
    (tmp_path / "part.j2").write_text("\n\n{{ stack.name }}")
    (tmp_path / "t.j2").write_text("{% include 'part.j2' %}")
    with pytest.raises(StackError) as caught:
        Engine(tmp_path).fill("t.j2", stack=small_stack())
    [problem] = caught.value.problems
    assert (problem.path, problem.line) == (str(tmp_path / "part.j2"), 3)


def test_an_override_takes_the_place_of_one_template_and_is_blamed_for_itself(tmp_path: Path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder in (ours, theirs):
        folder.mkdir()
        (folder / "t.j2").write_text(f"from {folder.name}")
    (ours / "u.j2").write_text("ours alone")
    engine = Engine(ours, overrides=theirs)
    assert engine.fill("t.j2", stack=small_stack()) == "from theirs"
    assert engine.fill("u.j2", stack=small_stack()) == "ours alone"
    (theirs / "t.j2").write_text("{{ 1 }}")
    with pytest.raises(StackError) as caught:
        Engine(ours, overrides=theirs).fill("t.j2", stack=small_stack())
    assert caught.value.problems[0].path == str(theirs / "t.j2")


def test_values_that_look_like_templates_are_text(tmp_path: Path):
    stack = small_stack(
        verify={"target": "web"}, supabase={"auth": {"site_url": "https://x/{{7*7}}"}}
    )
    template = "{{ stack.supabase.auth.site_url | json }}"
    assert filled(tmp_path, template, stack=stack) == '"https://x/{{7*7}}"'


def test_a_json_template_that_makes_no_json_is_named(tmp_path: Path):
    (tmp_path / "t.j2").write_text("")
    with pytest.raises(StackError) as caught:
        Engine(tmp_path).parse_json("t.j2", '{"a": 1, "a": 2}')
    assert "a key stands twice" in caught.value.problems[0].message
