"""What the stand-in for cron-job.org does, as its documentation and its server's code say."""

import json
from pathlib import Path

import pytest

from keepwell.clock import ManualClock
from keepwell.rehearsal.simulators.cronjob import MAX_FAILURES, CronJobSimulator
from tests.rehearsal.simulators.asking import asking
from tests.worlds import NOON

GENERATED = Path(__file__).parents[3] / "generated" / "cron-job-org" / "jobs.json"
(JOB,) = json.loads(GENERATED.read_text())["jobs"]
EXACT = {"content-type": "application/json"}


@pytest.fixture
def cron():
    return CronJobSimulator(clock=ManualClock(NOON))


@pytest.fixture
def client(cron):
    with asking(cron) as client:
        yield client


def put(client, body, **headers: str):
    return client.put("/jobs", content=json.dumps(body), headers={**EXACT, **headers})


def test_a_job_is_made_listed_changed_and_deleted(client):
    made = put(client, {"job": JOB}).json()["jobId"]
    (listed,) = client.get("/jobs").json()["jobs"]
    assert (listed["jobId"], listed["title"]) == (made, JOB["title"])
    assert "extendedData" not in listed
    changed = client.patch(f"/jobs/{made}", content=b'{"job":{"enabled":false}}', headers=EXACT)
    assert changed.json() == {}
    details = client.get(f"/jobs/{made}").json()["jobDetails"]
    assert details == {**details, **JOB, "enabled": False}
    assert client.delete(f"/jobs/{made}").status_code == 200
    assert client.get(f"/jobs/{made}").status_code == 404


def test_a_body_under_another_content_type_does_not_count(client):
    kind = {"content-type": "application/json; charset=utf-8"}
    assert client.put("/jobs", content=json.dumps({"job": JOB}), headers=kind).status_code == 400
    made = put(client, {"job": JOB}).json()["jobId"]
    off = client.patch(f"/jobs/{made}", content=b'{"job":{"enabled":false}}', headers=kind)
    assert off.status_code == 400
    assert client.get(f"/jobs/{made}").json()["jobDetails"]["enabled"] is True


def test_a_job_that_says_little_is_off_and_never_due(client):
    made = put(client, {"job": {"url": "https://example.com"}}).json()["jobId"]
    details = client.get(f"/jobs/{made}").json()["jobDetails"]
    assert details["enabled"] is False
    assert details["schedule"]["minutes"] == []
    assert details["nextExecution"] is None
    assert client.get(f"/jobs/{made}/history").json() == {"history": [], "predictions": []}


@pytest.mark.parametrize(
    ("schedule", "minutes_until"),
    [
        ({}, None),
        ({"hours": [-1]}, None),
        ({name: [-1] for name in ("hours", "mdays", "minutes", "months", "wdays")}, 1),
        (JOB["schedule"] | {"minutes": [7, 12]}, 7),
        (JOB["schedule"] | {"minutes": [0], "timezone": "Asia/Kolkata"}, 30),
        (JOB["schedule"] | {"minutes": [0], "hours": [13], "wdays": [NOON.isoweekday() % 7]}, 60),
        (JOB["schedule"] | {"expiresAt": 20200101000000}, None),
    ],
)
def test_a_job_is_due_at_what_its_schedule_names_in_full(cron, schedule, minutes_until):
    job_id = cron.world.add(JOB)
    cron.world.change(job_id, {"schedule": schedule})
    times = cron.world.predictions(job_id)
    expected = None if minutes_until is None else NOON.timestamp() + 60 * minutes_until
    assert next(iter(times), None) == expected


def test_a_job_that_is_off_is_never_due(cron):
    job_id = cron.world.add({**JOB, "enabled": False})
    assert cron.world.predictions(job_id) == []


def test_errors_have_no_body(client):
    broken = client.put("/jobs", content="{", headers=EXACT)
    unknown = [client.get(path) for path in ("/jobs/1", "/nowhere", "/jobs/1/history/2")]
    for answer in (*unknown, broken, put(client, {}), put(client, [])):
        assert answer.status_code in (400, 404)
        assert answer.content == b""
    refused = client.get("/jobs", headers={"authorization": "Bearer wrong"})
    assert (refused.status_code, refused.content) == (401, b"")


def test_the_sixteenth_failure_in_a_row_switches_a_job_off(cron):
    job_id = cron.world.add(JOB)
    for _ in range(MAX_FAILURES):
        cron.world.run(job_id, status=4)
    assert cron.world.jobs[job_id]["enabled"] is True
    cron.world.run(job_id, status=4)
    assert cron.world.jobs[job_id]["enabled"] is False


def test_timeouts_never_switch_a_job_off_and_a_success_forgives(cron):
    job_id = cron.world.add(JOB)
    for _ in range(3 * MAX_FAILURES):
        cron.world.run(job_id, status=5)
    assert cron.world.jobs[job_id]["enabled"] is True
    for _ in range(MAX_FAILURES - 1):
        cron.world.run(job_id, status=4)
    cron.world.run(job_id, status=1)
    cron.world.run(job_id, status=4)
    assert cron.world.failures[job_id] == 1


def test_a_job_that_monitors_is_never_switched_off_and_switching_on_forgives(cron, client):
    job_id = cron.world.add({**JOB, "type": 1})
    for _ in range(MAX_FAILURES + 1):
        cron.world.run(job_id, status=4)
    assert cron.world.jobs[job_id]["enabled"] is True
    client.patch(f"/jobs/{job_id}", content=b'{"job":{"enabled":true}}', headers=EXACT)
    assert cron.world.failures[job_id] == 0


def test_history_holds_the_newest_fifty(cron, client):
    job_id = cron.world.add(JOB)
    for _ in range(60):
        cron.world.run(job_id, status=1)
        cron.world.clock.sleep(300)
    answer = client.get(f"/jobs/{job_id}/history").json()
    assert len(answer["history"]) == 50
    assert answer["history"][0]["date"] > answer["history"][1]["date"]
    assert len(answer["predictions"]) == 3
    newest = answer["history"][0]
    one = client.get(f"/jobs/{job_id}/history/{newest['identifier']}").json()
    assert one == {"jobHistoryDetails": newest}
    cron.world.clock.sleep(2 * 86400)
    assert client.get(f"/jobs/{job_id}/history").json()["history"] == []


def test_a_title_belongs_to_one_folder(client):
    body = json.dumps({"title": "keepwell"})
    made = client.put("/folders", content=body, headers=EXACT).json()["folderId"]
    assert client.put("/folders", content=body, headers=EXACT).status_code == 409
    assert client.put("/folders", content="{}", headers=EXACT).status_code == 400
    assert client.get("/folders").json()["folders"] == [{"folderId": made, "title": "keepwell"}]


def test_a_folder_is_renamed_and_its_jobs_outlive_it(cron, client):
    cron.world.folders |= {7: "old", 8: "other"}
    job_id = cron.world.add({**JOB, "folderId": 7})
    renamed = [
        client.patch(f"/folders/{number}", json={"title": title}).status_code
        for number, title in ((7, "new"), (7, "other"), (9, "x"))
    ]
    assert renamed == [200, 409, 404]
    assert cron.world.folders == {7: "new", 8: "other"}
    assert [client.delete("/folders/7").status_code for _ in range(2)] == [200, 404]
    assert cron.world.jobs[job_id]["folderId"] == 0


def test_a_refusal_does_not_say_when_to_come_back():
    cron = CronJobSimulator(clock=ManualClock(NOON), limits=True)
    with asking(cron) as client:
        answers = [client.get("/jobs") for _ in range(6)]
        assert answers[5].status_code == 429
        assert "retry-after" not in answers[5].headers
        for _ in range(19):
            cron.world.clock.sleep(1)
            answers += [client.get("/jobs") for _ in range(5)]
        cron.world.clock.sleep(1)
        assert client.get("/jobs").status_code == 429


def test_a_second_job_in_the_same_second_is_refused():
    cron = CronJobSimulator(clock=ManualClock(NOON), limits=True)
    with asking(cron) as client:
        answers = []
        for _ in range(7):
            answers.append(put(client, {"job": JOB}).status_code)
            cron.world.clock.sleep(2)
        assert answers == [200] * 5 + [429] * 2
        cron.world.clock.sleep(60)
        assert [put(client, {"job": JOB}).status_code for _ in range(2)] == [200, 429]
