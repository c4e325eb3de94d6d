import json
from pathlib import Path

import pytest

from keepwell.model.stack import Stack
from keepwell.stackfile.describing import PATTERN_WORDS
from tests.stackfile.samples import SMALL, changed, error_of, hints_of, problems_of

API = "render.services.api"
ENV = "{ DATABASE_URL: { secret: DATABASE_URL } }"


def service(lines: str) -> str:
    return changed("      plan: starter\n", f"      plan: starter\n      {lines}\n")


def env(variable: str) -> str:
    return changed(ENV, f"{{ {variable} }}")


WRONG = [
    # unknown and missing keys
    (changed("zone: small", "zonne: small"), "22:3: cloudflare: unknown key `zonne`", "did you mean `zone`?"),
    (f"{SMALL}enviroments: {{}}\n", "31:1: unknown key `enviroments`", "did you mean `environments`?"),
    (f"{SMALL}environment: x\n", "31:1: unknown key `environment`", "did you mean `environments`?"),
    (service("zzz: 1"), f"14:7: {API}: unknown key `zzz`", "known here: `type`, `runtime`, `plan`, "),
    (service("scaling: { min: 1, max: 2, cpu: 60 }"), f"14:34: {API}.scaling: unknown key `cpu`", ""),
    (env("A: { secrets: B, value: x }"), f"14:19: {API}.env.A: unknown key `secrets`", "did you mean `secret`?"),
    (changed("type: CNAME, ", ""), "25:7: cloudflare.dns.0: `type` is missing", ""),
    (changed("verify: { target: api }\n", ""), "1:1: `verify` is missing", ""),
    # types
    (service("domains: a.example"), f'14:16: {API}.domains: expected a list, not the text "a.example"', "write [one]"),
    (service("instances: '2'"), f'14:18: {API}.instances: expected a whole number, not the text "2"', "remove the quotes"),
    (service("instances: 1.5"), f"14:18: {API}.instances: expected a whole number, not the number 1.5", ""),
    (service("disk: 5"), f"14:13: {API}.disk: expected a mapping, not the number 5", ""),
    (service("disk: [a]"), f"14:13: {API}.disk: expected a mapping, not a list", ""),
    (service("branch: 1.10"), f"14:15: {API}.branch: expected text, not the number 1.10", "put it in quotes"),
    (service("branch: { a: b }"), f"14:15: {API}.branch: expected text, not a mapping", ""),
    (changed("plan: starter", "plan:"), f"13:7: {API}.plan: expected text, not nothing", "give it a value"),
    (changed("proxied: true", "proxied: on"), '25:71: cloudflare.dns.0.proxied: expected true or false, not the text "on"', "YAML 1.2 knows only true and false"),
    (f"{SMALL}network: {{ budget_ms: ten }}\n", '31:23: network.budget_ms: expected a number, not the text "ten"', ""),
    (f"{SMALL}network: {{ budget_ms: .inf }}\n", "31:23: network.budget_ms: expected a finite number, not the number .inf", ""),
    (env("A: true"), f'14:17: {API}.env.A: an environment variable is text: put it in quotes, as in "true"', ""),
    (env("A: "), f"14:14: {API}.env.A: expected text, or a mapping such as {{ secret: NAME }}, not nothing", "give it a value"),
    (env("A: [1]"), f"14:17: {API}.env.A: expected text, or a mapping such as {{ secret: NAME }}, not a list", ""),
    (env("A: { value: true }"), f"14:26: {API}.env.A.value: expected text or a number, not true", "put it in quotes"),
    # bounds, choices, forms
    (service("instances: 0"), f"14:18: {API}.instances: expected at least 1, not the number 0", ""),
    (service("max_shutdown_delay_s: 999"), f"14:29: {API}.max_shutdown_delay_s: expected at most 300, not the number 999", ""),
    (changed("target: api", "target: api, within_s: 0"), "30:34: verify.within_s: expected more than 0, not the number 0", ""),
    (changed("values: [api.onrender.com.]", "values: []"), "25:41: cloudflare.dns.0.values: expected at least one", ""),
    (changed("type: CNAME", "type: cname"), '25:26: cloudflare.dns.0.type: expected one of A, AAAA, CAA, CNAME, MX, NS, SRV, TXT; not the text "cname"', "did you mean CNAME?"),
    (changed('minimum_version: "1.2"', "minimum_version: 1.2"), "26:85: cloudflare.tls.minimum_version: expected one of 1.0, 1.1, 1.2, 1.3; not the number 1.2", 'put it in quotes: "1.2"'),
    (changed("version: 1\nname", "version: '1'\nname"), '1:10: version: expected 1; not the text "1"', "remove the quotes"),
    (changed("version: 1\nname", "version: true\nname"), "1:10: version: expected 1", ""),
    (changed("keep_alive:\n", "keep_alive:\n  neutral_hosts: [1.1.1.1]\n"), '28:19: keep_alive.neutral_hosts.0: expected HOST:PORT, an IPv6 address in brackets; not the text "1.1.1.1"', ""),
    (changed("version: 1\nname", "version: 2\nname"), "1:10: version: expected 1; not the number 2", ""),
    (changed("region: virginia", "region: Virgina"), '8:11: render.region: expected one of oregon, ohio, virginia, frankfurt, singapore; not the text "Virgina"', "did you mean virginia?"),
    (service("health_check_path: livez"), f'14:26: {API}.health_check_path: expected a path that begins with a slash, without blanks, quotes or backslashes; not the text "livez"', ""),
    (changed("    api:\n      type", "    Api:\n      type"), "10:5: render.services.Api: a key here is lower-case letters, digits and dashes", ""),
    (env("A: { secret: B, value: x }"), f"14:17: {API}.env.A: give exactly one of value, secret, service, key_value, generate", ""),
    (env("A: { service: api }"), f"14:17: {API}.env.A: `property` goes with `service` or `key_value`, and they need it", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "problem", "hint"), WRONG, ids=[row[1] for row in WRONG])
def test_a_mistake_is_told_in_its_place_with_the_next_thing_to_do(
    text: str, problem: str, hint: str, tmp_path: Path
):
    assert problems_of(text, folder=tmp_path) == [problem]
    (given,) = hints_of(text, folder=tmp_path)
    assert given.startswith(hint)
    assert bool(given) == bool(hint) or "unknown key" in problem


SECRETS = [
    ("{ kind: database }", "hunter2", "5:3: secrets.DATABASE_URL: a value does not belong in the file, only the secret's name"),
    ("{ kind: database }", "{ kind: database, value: hunter2 }", "5:35: secrets.DATABASE_URL: a value does not belong in the file, only the secret's name"),
    ("{ kind: database }", "[hunter2]", "5:3: secrets.DATABASE_URL: a value does not belong in the file, only the secret's name"),
    ("{ kind: database }", "{ kind: hunter2 }", "5:25: secrets.DATABASE_URL.kind: expected one of database, llm, webhook, probe, token, customer_key; not text"),
    ("{ kind: database }", "{ kind: database, hunter2 }", "5:35: secrets.DATABASE_URL: unknown key"),
    ("{ secret: DATABASE_URL }", "{ secret: A, hunter2: }", f"14:41: {API}.env.DATABASE_URL: unknown key"),
    ("{ secret: DATABASE_URL }", "{ secret: hunter2 }", f"14:38: {API}.env.DATABASE_URL.secret: expected the name of a secret: capitals, digits and underscores"),
    ("{ secret: DATABASE_URL }", "{ service: Hunter2/hunter2, property: host }", f"14:39: {API}.env.DATABASE_URL.service: expected lower-case letters, digits and dashes; not text"),
    ("https://api.small.example/health", "https://me:hunter2@api.small.example", "29:17: keep_alive.targets.api.url: expected an https URL without user name or password; not text"),
    ('/health" }', '/health", bearer: hunter2 }', "29:61: keep_alive.targets.api.bearer: expected the name of a secret: capitals, digits and underscores"),
    ("plan: free", "plan: sk-live-hunter2", "23:9: cloudflare.plan: expected one of free, pro, business, enterprise; not text"),
    ("zone: small.example", f"zone: {'hunter2' * 10}", "22:9: cloudflare.zone: expected a host name in lower case; not text"),
    ("name: small", 'name: "hunter2: [', None),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), SECRETS)
def test_a_value_that_may_be_a_secret_is_never_shown(
    old: str, new: str, expected: str | None, tmp_path: Path
):
    error = error_of(changed(old, new), folder=tmp_path)
    said = [f"{problem.line}:{problem.column}: {problem.message}" for problem in error.problems]
    assert expected is None or said == [expected]
    assert "unter2" not in f"{error.message}{error.hint}{error.problems}"


def test_whoever_wrote_a_value_is_told_what_to_write_instead(tmp_path: Path):
    (hint,) = hints_of(changed("{ kind: database }", "hunter2"), folder=tmp_path)
    assert hint.startswith("write `DATABASE_URL: { kind: token }`; change the secret")


def test_all_mistakes_come_at_once_in_the_order_of_the_file(tmp_path: Path):
    text = (
        changed("name: small", "name: Small\nname: x")
        .replace("plan: starter", "plan: 5\n      plam: x")
        .replace("type: CNAME", "type: cname")
        .replace("target: api", "target: api, consecutive: 0")
    )
    assert [problem.split(": ")[0] for problem in problems_of(text, folder=tmp_path)] == [
        "2:7", "3:1", "14:13", "15:7", "27:26", "32:37",
    ]  # fmt: skip


def test_more_problems_than_anyone_reads_are_cut(tmp_path: Path):
    text = SMALL + "".join(f"key{number}: 1\n" for number in range(150))
    error = error_of(text, folder=tmp_path)
    assert len(error.problems) == 100
    assert "more than 100 problems" in error.message


def test_control_characters_of_the_file_never_reach_a_message(tmp_path: Path):
    escape = '"\\e[31mred\\a"'
    text = changed("region: virginia", f"region: {escape}") + f"{escape}: 1\n"
    said = "".join(problems_of(text, folder=tmp_path))
    assert said.isprintable()
    assert "\\x1b[31mred\\x07" in said


def test_every_pattern_of_the_models_has_its_words():
    schema = json.dumps(Stack.model_json_schema())
    found = set(_patterns(json.loads(schema)))
    assert found == set(PATTERN_WORDS)


def _patterns(schema):
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        yield from schema.get("patternProperties", {})
        for below in schema.values():
            yield from _patterns(below)
    elif isinstance(schema, list):
        for below in schema:
            yield from _patterns(below)
