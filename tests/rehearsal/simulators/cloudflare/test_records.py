"""What the stand-in for Cloudflare does with DNS records, as its documentation says."""

from collections.abc import Mapping

import pytest

from keepwell.clock import ManualClock
from keepwell.rehearsal.simulators.cloudflare import CloudflareSimulator
from tests.rehearsal.simulators.asking import asking
from tests.worlds import NOON

API = {"type": "CNAME", "name": "api", "content": "api.onrender.com", "proxied": True}
ADDRESS = {"type": "A", "name": "www", "content": "192.0.2.1", "ttl": 300}
TEXT = {"type": "TXT", "name": "@", "content": "v=spf1 -all"}


@pytest.fixture
def cloudflare():
    return CloudflareSimulator(clock=ManualClock(NOON))


@pytest.fixture
def client(cloudflare):
    with asking(cloudflare) as client:
        client.base_url = client.base_url.join(f"/zones/{cloudflare.world.id}")
        yield client


def post(client, record: Mapping[str, object]):
    return client.post("/dns_records", json=record)


def made(client, record: Mapping[str, object]):
    return post(client, record).json()["result"]


def code(answer) -> int:
    assert answer.json()["success"] is False
    number: int = answer.json()["errors"][0]["code"]
    return number


def names(client, **params: str) -> list[str]:
    rows = client.get("/dns_records", params=params).json()["result"]
    return [row["name"].split(".")[0] for row in rows]


def test_records_come_in_pages_and_by_type_and_name(client):
    for record in (API, ADDRESS, TEXT):
        post(client, record)
    answer = client.get("/dns_records", params={"page": "2", "per_page": "2"}).json()
    assert answer["result_info"] == {
        "page": 2,
        "per_page": 2,
        "count": 1,
        "total_count": 3,
        "total_pages": 2,
    }
    assert names(client, type="A") == ["www"]
    assert names(client, name="api.livestreamsell.example") == ["api"]


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (API, {"name": "api.livestreamsell.example", "proxied": True, "ttl": 1}),
        (API | {"content": "API.onrender.com."}, {"content": "api.onrender.com"}),
        (API | {"ttl": 300}, {"ttl": 1}),
        (ADDRESS, {"ttl": 300, "proxied": False, "proxiable": True, "comment": None, "tags": []}),
        (TEXT, {"name": "livestreamsell.example", "content": '"v=spf1 -all"', "ttl": 1}),
        (
            {"type": "MX", "name": "@", "content": "mx.example.", "priority": 10},
            {"content": "mx.example", "priority": 10},
        ),
        (
            {
                "type": "CAA",
                "name": "@",
                "data": {"flags": 0, "tag": "issue", "value": "letsencrypt.org"},
            },
            {
                "content": '0 issue "letsencrypt.org"',
                "data": {"flags": 0, "tag": "issue", "value": "letsencrypt.org"},
            },
        ),
        (
            {
                "type": "SRV",
                "name": "_sip._tcp",
                "data": {"priority": 1, "weight": 2, "port": 3, "target": "sip.example"},
            },
            {
                "content": "2 3 sip.example",
                "priority": 1,
                "data": {"priority": 1, "weight": 2, "port": 3, "target": "sip.example"},
            },
        ),
    ],
)
def test_a_record_reads_back_in_the_form_of_its_type(client, sent, read):
    record = made(client, sent)
    assert {name: record[name] for name in read} == read
    assert client.get(f"/dns_records/{record['id']}").json()["result"] == record


@pytest.mark.parametrize(
    ("sent", "number"),
    [
        (ADDRESS | {"content": "api.example"}, 9005),
        (ADDRESS | {"type": "AAAA"}, 9006),
        (TEXT | {"proxied": True}, 9004),
        (ADDRESS | {"ttl": 30}, 9021),
        (ADDRESS | {"tags": ["a:b"]}, 9300),
        (ADDRESS | {"comment": "x" * 101}, 9301),
        ({"type": "MX", "name": "@", "content": "mx.example"}, 9100),
        ({"type": "CAA", "name": "@", "data": {"flags": 0}}, 9101),
        ({"type": "CAA", "name": "@"}, 9101),
        (ADDRESS | {"name": ""}, 9000),
        (ADDRESS | {"type": "NONE"}, 1004),
    ],
)
def test_what_a_free_zone_cannot_have_is_refused(client, sent, number: int):
    answer = post(client, sent)
    assert (answer.status_code, code(answer)) == (400, number)
    assert names(client) == []


def test_a_better_plan_has_tags(cloudflare, client):
    cloudflare.world.set_plan("pro")
    assert made(client, ADDRESS | {"tags": ["b:1", "a:1"]})["tags"] == ["a:1", "b:1"]


def test_a_cname_stands_alone(client):
    post(client, ADDRESS)
    post(client, API)
    assert code(post(client, API | {"name": "www"})) == 81053
    assert code(post(client, API | {"content": "other.onrender.com"})) == 81053
    assert code(post(client, ADDRESS | {"name": "api"})) == 81054
    assert code(post(client, ADDRESS)) == 81058
    assert post(client, ADDRESS | {"content": "192.0.2.2"}).status_code == 200


def test_a_free_zone_has_two_hundred_records(cloudflare, client):
    for number in range(200):
        cloudflare.world.add_record("A", f"n{number}", "192.0.2.1")
    assert code(post(client, ADDRESS)) == 81045
    cloudflare.world.set_plan("pro")
    assert post(client, ADDRESS).status_code == 200


def test_a_patch_changes_some_and_a_put_all(cloudflare, client):
    record = made(client, ADDRESS | {"comment": "by keepwell"})
    path = f"/dns_records/{record['id']}"
    cloudflare.world.clock.sleep(60)
    patched = client.patch(path, json={"content": "192.0.2.9"}).json()["result"]
    changed = {name for name in record if patched[name] != record[name]}
    assert changed == {"content", "modified_on"}
    replaced = client.put(path, json=ADDRESS).json()["result"]
    assert (replaced["id"], replaced["comment"]) == (record["id"], None)


def test_a_record_is_taken_away_once(client):
    path = f"/dns_records/{made(client, ADDRESS)['id']}"
    assert client.delete(path).status_code == 200
    answer = client.delete(path)
    assert (answer.status_code, code(answer)) == (404, 81044)


def test_a_batch_takes_away_before_it_makes(client):
    old = made(client, ADDRESS)
    kept = made(client, TEXT)
    body = {
        "posts": [API | {"name": "www"}],
        "patches": [{"id": kept["id"], "comment": "kept"}],
        "deletes": [{"id": old["id"]}],
    }
    result = client.post("/dns_records/batch", json=body).json()["result"]
    assert [each["comment"] for each in result["patches"]] == ["kept"]
    assert [each["type"] for each in result["posts"]] == ["CNAME"]
    assert names(client, type="A") == []


def test_a_batch_of_which_one_is_refused_changes_nothing(client):
    old = made(client, ADDRESS)
    body = {"deletes": [{"id": old["id"]}], "posts": [API, API]}
    assert client.post("/dns_records/batch", json=body).status_code == 400
    assert names(client) == ["www"]


def test_a_host_shows_once_its_name_leads_to_render(cloudflare, client):
    host = "api.livestreamsell.example"
    post(client, API | {"content": "api.example.net"})
    assert not cloudflare.world.shows(host)
    cloudflare.world.records.by_id.clear()
    post(client, API)
    assert cloudflare.world.shows(host)
    assert not cloudflare.world.shows("www.livestreamsell.example")
