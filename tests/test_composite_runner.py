from pathlib import Path
from textwrap import indent

import pytest

from tests.action_commands import Annotation, CommandReader, RunnerError, parse_pairs
from tests.action_expressions import Contexts, ExpressionError, evaluate, interpolate, is_met
from tests.composite_runner import CompositeRunner, Run

CONTEXTS = Contexts(
    values={
        "inputs": {"url": "https://a.example", "empty": "", "dry-run": "true"},
        "steps": {"one": {"outputs": {"n": "3"}}},
        "env": {"TOKEN": "t"},
    }
)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("inputs.url", "https://a.example"),
        ("INPUTS.URL", "https://a.example"),
        ("inputs['dry-run']", "true"),
        ("inputs.dry-run == 'TRUE'", True),
        ("inputs.missing", None),
        ("inputs.missing.deeper", None),
        ("steps.one.outputs.n == 3", True),
        ("steps.one.outputs.n != 3", False),
        ("inputs.empty || env.TOKEN", "t"),
        ("inputs.url && 'yes' || 'no'", "yes"),
        ("inputs.empty && 'yes' || 'no'", "no"),
        ("!inputs.empty", True),
        ("!(true && false) == true", True),
        ("'it''s'", "it's"),
        ("null == ''", True),
        ("false == 'x'", False),
        ("format('{0}-{1} {{}}', inputs.dry-run, 1.5)", "true-1.5 {}"),
        ("toJSON(steps.one.outputs)", '{\n  "n": "3"\n}'),
        ("success() && !failure() && always() && !cancelled()", True),
    ],
)
def test_expressions_have_githubs_values(expression: str, value: object) -> None:
    assert evaluate(expression, contexts=CONTEXTS) == value


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "secrets.TOKEN",
        "contains('a', 'b')",
        "1 < 2",
        "inputs.*",
        "inputs url",
        "(1",
        "'open",
        "success(1)",
    ],
)
def test_an_expression_that_we_cannot_judge_is_an_error(expression: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(expression, contexts=CONTEXTS)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("a ${{ inputs.url }} b", "a https://a.example b"),
        ("${{ inputs.missing }}|${{ true }}|${{ 3 }}|${{ steps }}", "|true|3|Object"),
        ("${{ '}}' }}", "}}"),
        ("$HOME ${x}", "$HOME ${x}"),
    ],
)
def test_templates_are_filled_in(template: str, text: str) -> None:
    assert interpolate(template, contexts=CONTEXTS) == text


@pytest.mark.parametrize(
    ("condition", "after_success", "after_failure"),
    [
        (None, True, False),
        ("inputs.url", True, False),
        ("inputs.empty", False, False),
        ("${{ failure() }}", False, True),
        ("always()", True, True),
        (False, False, False),
    ],
)
def test_a_condition_implies_success(
    condition: object, *, after_success: bool, after_failure: bool
) -> None:
    failed = Contexts(values=CONTEXTS.values, has_failed=True)
    assert is_met(condition, contexts=CONTEXTS) is after_success
    assert is_met(condition, contexts=failed) is after_failure


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", {}),
        ("a=1\n\nb=x=y\n", {"a": "1", "b": "x=y"}),
        ("a<<E\n1\n2\nE\nb=3\n", {"a": "1\n2", "b": "3"}),
        ("a<<E\nE\n", {"a": ""}),
        ("a=<<E\n", {"a": "<<E"}),
        ("a<<E=F\n1\nE=F\n", {"a": "1"}),
        ("a=1\na=2\n", {"a": "2"}),
        ("a=1\nb=injected by a newline", {"a": "1", "b": "injected by a newline"}),
    ],
)
def test_files_are_parsed_by_the_runners_rules(text: str, pairs: dict[str, str]) -> None:
    assert parse_pairs(text) == pairs


@pytest.mark.parametrize("text", ["plain\n", "=1\n", "a<<\n", "<<E\nE\n", "a<<E\n1\nE \n"])
def test_a_malformed_file_is_refused(text: str) -> None:
    with pytest.raises(RunnerError):
        parse_pairs(text)


@pytest.mark.parametrize(
    ("printed", "log", "annotations"),
    [
        ("plain ::error::x\n", "plain ::error::x\n", ()),
        ("::error::it%0Afails\n", "Error: it\nfails\n", (Annotation(level="error", message="it\nfails"),)),
        (
            "  ::warning file=a%2Cb,line=3,title=T%3A::m\n",
            "Warning: m\n",
            (Annotation(level="warning", message="m", properties={"file": "a,b", "line": "3", "title": "T:"}),),
        ),
        ("::add-mask::s3cret\nthe s3cret\n::notice::s3cret\n", "the ***\nNotice: ***\n", (Annotation(level="notice", message="***"),)),
        ("::stop-commands::k\n::error::no\n::k::\n::error::yes\n", "::error::no\nError: yes\n", (Annotation(level="error", message="yes"),)),
        ("::group::g\n::endgroup::\n", "::group::g\n::endgroup::\n", ()),
    ],
)  # fmt: skip
def test_commands_in_the_log_are_obeyed(
    printed: str, log: str, annotations: tuple[Annotation, ...]
) -> None:
    read, found = CommandReader().read(printed)
    assert found == annotations
    assert read.replace("::k::\n", "") == log


def test_commands_that_the_runner_dropped_are_refused() -> None:
    with pytest.raises(RunnerError, match="set-output"):
        CommandReader().read("::set-output name=a::b\n")


def run_steps(
    steps: str, tmp_path: Path, *, inputs: dict[str, str] | None = None, **environ: str
) -> Run:
    """Runs an action made of these steps, with inputs `a` (default "one") and `b`."""
    action = tmp_path / "action"
    workspace = tmp_path / "workspace"
    for folder in (action, workspace):
        folder.mkdir()
    (action / "action.yml").write_text(
        "inputs: { a: { default: one }, b: {} }\n"
        'outputs: { out: { value: "<${{ steps.x.outputs.out }}>" } }\n'
        "runs:\n  using: composite\n  steps:\n" + indent(steps, "    ")
    )
    environ = {"PATH": "/usr/local/bin:/usr/bin:/bin", **environ}
    runner = CompositeRunner(workspace=workspace, temp=tmp_path / "temp", environ=environ)
    return runner.run(action, inputs=inputs)


def test_inputs_reach_the_step_by_env_and_outputs_the_caller(tmp_path: Path) -> None:
    steps = """\
- id: x
  shell: bash
  env: { A: "${{ inputs.a }}", B: "${{ inputs.b }}" }
  run: |
    echo "out=$A-$B" >> "$GITHUB_OUTPUT"
    echo "# $A" >> "$GITHUB_STEP_SUMMARY"
"""
    run = run_steps(steps, tmp_path, inputs={"b": "two"})
    assert run.outputs == {"out": "<one-two>"}
    assert run.steps[0].summary == "# one\n"


def test_no_input_variable_exists_unless_the_action_makes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INPUT_A", "leaked from the test's own environment")
    steps = '- id: x\n  shell: bash\n  run: echo "out=${INPUT_A-none}" >> "$GITHUB_OUTPUT"\n'
    assert run_steps(steps, tmp_path).outputs == {"out": "<none>"}


def test_a_failed_step_skips_the_rest_but_what_asks_for_failure(tmp_path: Path) -> None:
    steps = """\
- shell: bash
  run: "false | true; echo not reached"
- { shell: bash, run: echo skipped }
- { id: x, if: failure(), shell: bash, run: 'echo out=after >> "$GITHUB_OUTPUT"' }
"""
    run = run_steps(steps, tmp_path)
    assert run.has_failed
    assert [step.name for step in run.steps] == ["__1", "x"]
    assert "reached" not in run.steps[0].log
    assert run.outputs == {"out": "<after>"}


def test_what_a_step_exports_reaches_the_next_one_only(tmp_path: Path) -> None:
    steps = """\
- shell: bash
  run: |
    echo "GREETING=hello" >> "$GITHUB_ENV"
    echo "$PWD/bin" >> "$GITHUB_PATH"
    echo "${GREETING-unset}"
- id: x
  shell: bash
  run: echo "out=$GREETING ${PATH%%:*}" >> "$GITHUB_OUTPUT"
"""
    run = run_steps(steps, tmp_path)
    assert run.steps[0].log == "unset\n"
    assert run.outputs == {"out": f"<hello {tmp_path}/workspace/bin>"}
    assert run.exported == {"GREETING": "hello"}


def test_a_mask_of_one_step_holds_in_the_next(tmp_path: Path) -> None:
    steps = """\
- { shell: bash, run: 'echo "::add-mask::$TOKEN"' }
- { shell: bash, run: 'echo "it is $TOKEN" | tee -a "$GITHUB_STEP_SUMMARY" >&2' }
"""
    last = run_steps(steps, tmp_path, TOKEN="hunter2").steps[-1]
    assert (last.log, last.summary) == ("it is ***\n", "it is ***\n")


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("- { run: ls }\n", "shell"),
        ("- { shell: pwsh, run: ls }\n", "shell"),
        ("- { uses: actions/checkout@v7 }\n", "uses"),
        ("- { shell: bash, run: 'echo NODE_OPTIONS=x >> \"$GITHUB_ENV\"' }\n", "NODE_OPTIONS"),
        ("- { shell: bash, run: 'echo broken >> \"$GITHUB_OUTPUT\"' }\n", "invalid format"),
    ],
)
def test_what_the_runner_refuses_or_we_do_not_know_is_an_error(
    step: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(RunnerError, match=message):
        run_steps(step, tmp_path)
