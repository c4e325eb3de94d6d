"""The DNS records of a zone, and changes of many at once, of which all happen or none.

Source: https://developers.cloudflare.com/dns/manage-dns-records/how-to/batch-record-changes (read
2026-11): deletes, patches, puts and posts happen in that order.
"""

import itertools
from typing import Any

from keepwell.clock import Clock
from keepwell.rehearsal.simulators.cloudflare.answering import Refusal, Row, make_id, moment
from keepwell.rehearsal.simulators.cloudflare.plans import MOST_RECORDS
from keepwell.rehearsal.simulators.cloudflare.record_forms import PROXIABLE, sendable, shaped

_VALUES = ("name", "type", "content", "priority", "data")


class Records:
    """All records by id, in the order in which they were made."""

    def __init__(self, *, clock: Clock, zone: str) -> None:
        self.by_id: dict[str, Row] = {}
        self._clock = clock
        self._zone = zone
        self._numbers = itertools.count(1)

    def post(self, sent: Row, *, plan: str) -> Row:
        """Makes a record."""
        record = shaped(sent, zone=self._zone, plan=plan)
        if len(self.by_id) >= MOST_RECORDS[plan]:
            raise Refusal("Record quota exceeded.", code=81045)
        self._check_beside(record, id="")
        return self._keep(record, id=make_id(self._zone, "record", next(self._numbers)))

    def put(self, id: str, sent: Row, *, plan: str) -> Row:  # noqa: A002 - Cloudflare's word
        """Replaces a record."""
        self.one(id)
        record = shaped(sent, zone=self._zone, plan=plan)
        self._check_beside(record, id=id)
        return self._keep(record, id=id)

    def patch(self, id: str, sent: Row, *, plan: str) -> Row:  # noqa: A002 - Cloudflare's word
        """Changes some of a record."""
        return self.put(id, {**sendable(self.one(id)), **sent}, plan=plan)

    def delete(self, id: str) -> Row:  # noqa: A002 - Cloudflare's word
        """Takes a record away."""
        record = self.one(id)
        del self.by_id[id]
        return record

    def one(self, id: str) -> Row:  # noqa: A002 - Cloudflare's word
        """The record of that id. Raises Refusal."""
        if id not in self.by_id:
            raise Refusal("Record does not exist.", status=404, code=81044)
        return self.by_id[id]

    def batch(self, sent: Row, *, plan: str) -> Row:
        """Changes many records: all or, where one is refused, none."""
        before = dict(self.by_id)
        try:
            return {
                "deletes": [self.delete(_id(each)) for each in sent.get("deletes") or []],
                "patches": [
                    self.patch(_id(each), each, plan=plan) for each in sent.get("patches") or []
                ],
                "puts": [self.put(_id(each), each, plan=plan) for each in sent.get("puts") or []],
                "posts": [self.post(each, plan=plan) for each in sent.get("posts") or []],
            }
        except Refusal:
            self.by_id = before
            raise

    def _keep(self, record: Row, *, id: str) -> Row:  # noqa: A002 - Cloudflare's word
        now = moment(self._clock.now())
        made_at = self.by_id[id]["created_on"] if id in self.by_id else now
        self.by_id[id] = {"id": id, **record, "created_on": made_at, "modified_on": now}
        return self.by_id[id]

    def _check_beside(self, record: Row, *, id: str) -> None:  # noqa: A002 - Cloudflare's word
        others = [each for each in self.by_id.values() if each["id"] != id]
        beside = [each for each in others if each["name"] == record["name"]]
        kinds = {each["type"] for each in beside}
        if record["type"] == "CNAME" and kinds & set(PROXIABLE):
            message = "An A, AAAA, or CNAME record with that host already exists."
            raise Refusal(message, code=81053)
        if record["type"] in PROXIABLE and "CNAME" in kinds:
            raise Refusal("A CNAME record with that host already exists.", code=81054)
        if any(_values(each) == _values(record) for each in beside):
            raise Refusal("An identical record already exists.", code=81058)


def _id(sent: Row) -> str:
    return str(sent.get("id", ""))


def _values(record: Row) -> list[Any]:
    return [record.get(name) for name in _VALUES]
