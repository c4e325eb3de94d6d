"""Loading as a whole: the real stack, and files that mean harm."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import yaml

from keepwell.stackfile import load
from tests.stackfile.samples import REAL, SMALL, changed, error_of, stack_of

ENVIRONMENTS = list(yaml.safe_load(REAL.read_text())["environments"])


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_environment_of_the_real_stack_loads(environment: str):
    loaded = load(REAL, environment=environment)
    assert loaded.stack.environment == environment
    assert loaded.file == str(REAL)


def test_a_place_points_into_the_file():
    loaded = load(REAL)
    place = loaded.place("render.services.api.scaling.max")
    assert place is not None
    line = REAL.read_text().splitlines()[place.line - 1]
    assert line.strip().startswith("scaling:")
    assert line[place.column - 1 :].startswith("10,")


@pytest.mark.parametrize(
    ("path", "ancestor"),
    [
        ("render.services.api.branch", "render.services.api"),
        ("cloudflare.dns.0.ttl_s", "cloudflare.dns.0"),
        ("cloudflare.dns.99.name", "cloudflare.dns"),
        ("keep_alive.neutral_hosts.0", "keep_alive"),
    ],
)
def test_what_the_file_leaves_out_stands_where_its_nearest_ancestor_does(path: str, ancestor: str):
    loaded = load(REAL)
    assert loaded.place(path) == loaded.place(ancestor)
    assert ancestor in loaded.places


@pytest.mark.parametrize("path", ["", "nowhere", "network.budget_ms"])
def test_what_has_no_ancestor_has_no_place(path: str, tmp_path: Path):
    (tmp_path / "stack.yaml").write_text(SMALL)
    assert load(tmp_path / "stack.yaml").place(path) is None


def test_values_of_environment_variables_stay_as_they_are_written(tmp_path: Path):
    written = {"A": "010", "B": "3.10", "C": "1e3", "D": "off", "E": "0x1F", "F": ".inf"}
    variables = ", ".join(f"{key}: {value}" for key, value in written.items())
    text = changed("{ DATABASE_URL: { secret: DATABASE_URL } }", f"{{ {variables} }}")
    text += "environments: { production: { render: { env_groups: { shared: { G: 1.0, H: { value: 007 } } } } } }\n"
    stack = stack_of(text, folder=tmp_path)
    assert {key: var.value for key, var in stack.render.services["api"].env.items()} == written
    shared = stack.render.env_groups["shared"]
    assert {key: variable.value for key, variable in shared.items()} == {"G": "1.0", "H": "007"}


def test_numbers_elsewhere_are_numbers(tmp_path: Path):
    stack = stack_of(f"{SMALL}network: {{ budget_ms: 010 }}\n", folder=tmp_path)
    assert stack.network.budget_ms == 10


@pytest.mark.parametrize(
    "text", ["", "# only a comment\n", "---\n", "- a\n", "text\n", "5\n", "[]"]
)
def test_what_is_no_mapping_is_told_how_to_begin(text: str, tmp_path: Path):
    error = error_of(text, folder=tmp_path)
    hints = error.hint + "".join(problem.hint for problem in error.problems)
    assert "begin with `version: 1`" in hints


SERVICES = SMALL.split("    api:\n      type", maxsplit=1)
MANY_SERVICES = (
    SERVICES[0]
    + "".join(f"    s{n}: {{ type: web, runtime: docker, plan: starter }}\n" for n in range(200))
    + "    api:\n      type"
    + SERVICES[1]
)


def test_two_hundred_services_are_no_trouble(tmp_path: Path):
    assert len(stack_of(MANY_SERVICES, folder=tmp_path).render.services) == 201


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)

HARM = {
    "ten megabytes": "version: 1\n" + "# filler\n" * 1_111_111,
    "billion laughs": LAUGHS,
    "nesting 5,000 deep, lists": "a: " + "[" * 5_000 + "]" * 5_000,
    "nesting 5,000 deep, mappings": "a: " + "{a: " * 5_000 + "}" * 5_000,
    "nesting 5,000 deep, keys": "? " * 5_000,
    "nesting 900 deep, indented": "".join(f"{' ' * n}a:\n" for n in range(900)),
    "one list as long as fits": "version: [" + "a," * 490_000 + "]",
    "as many problems as fit": changed("  dns:\n", "  dns:\n" + "    - {}\n" * 29_000),
    "as many unknown keys as fit": SMALL + "".join(f"k{n}: 1\n" for n in range(14_000)),
    "as many duplicate keys as fit": SMALL + "name: 1\n" * 14_000,
    "a key of a megabyte": "k" * 990_000 + ": 1",
    "a number of a megabyte": "version: " + "9" * 990_000,
    "a quote of a megabyte": 'version: "' + "x" * 990_000,
    "binary": "\x00\x01\x02\x7fELF",
}


@pytest.mark.parametrize("text", HARM.values(), ids=HARM.keys())
def test_harmful_input_is_answered_soon_and_in_little_memory(text: str, tmp_path: Path):
    path = tmp_path / "stack.yaml"
    path.write_text(text)
    result = limited_load(path)
    assert result.stderr == ""
    assert "StackError 2" in result.stdout


@pytest.mark.parametrize("name", ["/dev/zero", "/dev/tty", ".", "missing", "/proc/self/mem"])
def test_what_is_no_stack_file_is_answered_soon_and_in_little_memory(name: str, tmp_path: Path):
    result = limited_load(tmp_path / name)
    assert result.stderr == ""
    assert "StackError 2" in result.stdout


def limited_load(path: Path) -> subprocess.CompletedProcess[str]:
    """Loads in a process that has 200 MB of memory and 2 s of the processor, imports included."""
    script = """
        import resource, sys
        from pathlib import Path
        resource.setrlimit(resource.RLIMIT_AS, (200_000_000, 200_000_000))
        resource.setrlimit(resource.RLIMIT_CPU, (2, 2))
        from keepwell.errors import StackError
        from keepwell.stackfile import load
        try:
            load(Path(sys.argv[1]))
        except StackError as error:
            print("StackError", error.exit_code, error.message)
    """
    command = [sys.executable, "-c", textwrap.dedent(script), str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
