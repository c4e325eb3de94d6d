"""The local history: rows come back as they were, whatever happened to the writers."""

import os
import signal
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from keepwell.errors import KeepwellError
from keepwell.model.probe import NoAnswer, Phases
from keepwell.store.history import Day, History, Row

NOON = datetime(2026, 11, 24, 12, 0, 5, tzinfo=UTC)
DAY = NOON.date()
UP = Row(
    at=NOON,
    target="api",
    state="up",
    answer=200,
    phases=Phases(dns_ms=1.25, connect_ms=0.5, tls_ms=4.0, ttfb_ms=23.75, transfer_ms=0.1),
    components_ms={"postgres": 0.82, "redis": 0.31},
)
REFUSED = Row(
    at=NOON, target="api", state="down", answer=NoAnswer.REFUSED, phases=Phases(dns_ms=1.0)
)
OFFLINE = Row(at=NOON, target="api", state="no-data")
WOKEN = Row(at=NOON, target="site", state="waking", answer=200, wake_s=31.5, source="cron-job.org")


@pytest.mark.parametrize("row", [UP, REFUSED, OFFLINE, WOKEN], ids=lambda row: row.state)
def test_a_row_comes_back_as_it_was(row: Row, tmp_path: Path) -> None:
    history = History(tmp_path)
    history.append([row])
    assert history.read(DAY) == Day(rows=(row,))


def test_a_line_is_the_array_that_the_module_head_describes(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.append([UP])
    assert (tmp_path / "2026/11/24.ndjson").read_text() == (
        '[1,"2026-11-24T12:00:05Z","keepwell","api","up",200,[1.25,0.5,4.0,23.75,0.1],null,'
        '{"postgres":0.82,"redis":0.31}]\n'
    )


def test_a_row_without_components_takes_at_most_150_bytes(tmp_path: Path) -> None:
    slow = Phases(
        dns_ms=9999.99, connect_ms=9999.99, tls_ms=9999.99, ttfb_ms=59999.99, transfer_ms=9999.99
    )
    history = History(tmp_path)
    history.append(
        [
            Row(
                at=NOON,
                target="a-target",
                state="edge-challenged",
                answer=403,
                phases=slow,
                wake_s=89.99,
            )
        ]
    )
    assert history.path(DAY).stat().st_size <= 150


def test_the_day_of_a_row_is_that_of_utc(tmp_path: Path) -> None:
    late_in_lima = datetime(2026, 11, 24, 20, 0, tzinfo=timezone(timedelta(hours=-5)))
    history = History(tmp_path)
    history.append([UP, Row(at=late_in_lima, target="api", state="up")])
    assert [row.at for row in history.read(date(2026, 11, 25)).rows] == [late_in_lima]
    assert history.read(DAY).rows == (UP,)


def test_a_day_without_a_file_is_empty(tmp_path: Path) -> None:
    assert History(tmp_path / "none").read(DAY) == Day()


def test_latency_that_is_no_number_is_left_out(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.append(
        [Row(at=NOON, target="api", state="up", components_ms={"a": float("nan"), "b": 1})]
    )
    assert history.read(DAY).rows[0].components_ms == {"b": 1.0}


@pytest.mark.parametrize("kept_bytes", [1, 30, 90])
def test_a_torn_line_is_skipped_and_told_and_the_next_append_starts_a_new_line(
    kept_bytes: int, tmp_path: Path
) -> None:
    history = History(tmp_path)
    history.append([UP, WOKEN])
    path = history.path(DAY)
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + second[:kept_bytes])

    history.append([REFUSED])

    day = history.read(DAY)
    assert day.rows == (UP, REFUSED)
    assert [str(skipped) for skipped in day.skipped] == [f"{path}:2: torn or not a row"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('[2,"2026-11-24T12:00:05Z"]', "not enough values"),
        ('[2,"2026-11-24T12:00:05Z","k","api","up",200,[1,1,1,1,1],null,{}]', "schema 2"),
        ('[1,"yesterday","k","api","up",200,[1,1,1,1,1],null,{}]', "yesterday"),
        ('[1,"2026-11-24T12:00:05Z","k","api","up","odd",[1,1,1,1,1],null,{}]', "odd"),
        ('[1,"2026-11-24T12:00:05Z","k","api","up",200,[1,1],null,{}]', "not enough values"),
        ('[1,"2026-11-24T12:00:05Z","k","api","up",200,[1,1,1,1,1],null,[]]', "items"),
        ("7", "torn or not a row"),
        ("\udcff", "torn or not a row"),
    ],
)
def test_a_line_of_another_shape_is_skipped_with_the_reason(
    line: str, reason: str, tmp_path: Path
) -> None:
    history = History(tmp_path)
    history.append([UP])
    with history.path(DAY).open("ab") as file:
        file.write(line.encode(errors="surrogateescape") + b"\n")
    day = history.read(DAY)
    assert day.rows == (UP,)
    assert reason in day.skipped[0].reason


def test_a_folder_that_cannot_be_made_says_which_option_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeepwellError, match="cannot append to") as error:
        History(tmp_path / "file").append([UP])
    assert "--history" in error.value.hint


def test_a_day_that_is_a_folder_cannot_be_read(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.path(DAY).mkdir(parents=True)
    with pytest.raises(KeepwellError, match="cannot read"):
        history.read(DAY)


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.path(DAY).parent.mkdir(parents=True)
    history.path(DAY).symlink_to("/dev/full")
    with pytest.raises(KeepwellError, match="No space left"):
        history.append([UP])


WRITES = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from keepwell.store.history import History, Row

history, target, cycles = History(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
at = datetime(2026, 11, 24, 12, 0, 5, tzinfo=UTC)
components = {f"component-{number}": 1.0 for number in range(40)}
row = Row(at=at, target=target, state="up", answer=200, components_ms=components)
print("ready", flush=True)
while cycles:
    history.append([row] * 10)
    cycles -= 1
"""


def write(folder: Path, *, target: str, cycles: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", WRITES, str(folder), target, str(cycles)],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_concurrent_writers_lose_and_mix_nothing(tmp_path: Path) -> None:
    writers = [write(tmp_path, target=f"t{number}", cycles=50) for number in range(3)]
    for writer in writers:
        writer.communicate(timeout=60)
    day = History(tmp_path).read(DAY)
    assert day.skipped == ()
    targets = [row.target for row in day.rows]
    assert {target: targets.count(target) for target in set(targets)} == dict.fromkeys(
        ("t0", "t1", "t2"), 500
    )


def test_a_writer_that_is_killed_leaves_a_history_that_can_be_read_and_continued(
    tmp_path: Path,
) -> None:
    with write(tmp_path, target="killed", cycles=-1) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        while not History(tmp_path).read(DAY).rows:
            pass
        os.kill(writer.pid, signal.SIGKILL)
    History(tmp_path).append([UP])
    day = History(tmp_path).read(DAY)
    assert day.rows[-1] == UP
    assert len(day.skipped) <= 1
