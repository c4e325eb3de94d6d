import json

from keepwell.reports.as_json import format_json
from tests.reports.samples import REPORT


def test_json_carries_schema_statuses_and_places():
    shape = json.loads(format_json(REPORT))
    assert (shape["schema"], shape["command"], shape["status"]) == (1, "verify", "fail")
    warned = shape["verdicts"][0]["findings"][1]
    assert warned["status"] == "warn"
    assert warned["place"] == {"file": "stack.yaml", "line": 32, "column": 5}
    assert shape["verdicts"][0]["findings"][0]["place"] is None
    assert shape["tables"] == [
        {"title": "targets", "columns": ["target", "ms"], "rows": [["api", "12"], ["web", "9"]]}
    ]
    assert shape["outputs"] == {"down": "web"}
    assert shape["excerpts"][0]["text"] == "12:00 up\n12:01 down\n"
