from keepwell.decisions.sync_notes import redeploy_notes, sync_notes
from keepwell.model.document import Document
from tests.decisions.changes import observed, resource

TEXT = """
services:
  - type: web
    name: api
    envVars:
      - {key: TOKEN, sync: false}
      - {key: LOG, value: info}
envVarGroups:
  - name: shared
    envVars: [{key: A, value: b}]
"""
API = resource("render service api", build_filter={})


def notes(*resources, text: str = TEXT) -> list[str]:
    documents = [Document(path="render.yaml", text=text)]
    return [each.message for each in sync_notes(documents, observed(*resources, vendor="render"))]


def test_where_all_is_there_nothing_is_said():
    there = [resource(f"render env-var api/{key}") for key in ("TOKEN", "LOG")]
    assert notes(API, *there, resource("render env-group-var shared/A")) == []


def test_a_new_secret_is_asked_for_by_no_sync():
    assert notes(API) == ["no sync sets TOKEN of api"]


def test_what_the_file_no_longer_names_stays():
    there = [resource(f"render env-var api/{key}") for key in ("TOKEN", "OLD", "ELDER")]
    assert notes(API, *there, resource("render env-group-var shared/GONE")) == [
        "no sync removes ELDER, OLD of api",
        "no sync removes GONE of shared",
    ]


def test_a_build_filter_that_is_not_declared_is_cleared():
    token = resource("render env-var api/TOKEN")
    filtered = resource("render service api", build_filter={"paths": ["src/**"]})
    assert notes(filtered, token) == ["the next sync clears the build filter of api"]
    declared = TEXT.replace("name: api", "name: api\n    buildFilter: {paths: [src/**]}")
    assert notes(filtered, token, text=declared) == []


def test_variables_count_from_the_next_deploy_on():
    assert [each.message for each in redeploy_notes(["api"])] == [
        "api runs with its former variables until its next deploy"
    ]
