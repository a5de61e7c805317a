"""careline replay: what a supervisor types, and what is answered."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivr.cli import main
from ivr.cli.context import database
from ivr.record import CallEvent, CallSummary
from ivr.resources import flows
from tests.replay.made import HUNG_UP, file, row

OWN = str(flows() / "center.yaml")


def clock(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def busy_hour(folder: Path) -> Path:
    """A call a minute from 10:00 on, each of two minutes, one agent; every third gives up."""
    rows = []
    for n in range(40):
        asked = 36_000 + 60 * n
        waited, talk = (5 + n, 100) if n % 3 else (20 + n, 0)
        said = {
            "call_id": str(n), "priority": str(1 + n % 2),
            "vru_entry": clock(asked - 10), "vru_exit": clock(asked),
            "q_start": clock(asked), "q_exit": clock(asked + waited), "q_time": str(waited),
        }  # fmt: skip
        said |= HUNG_UP if not talk else {
            "ser_start": clock(asked + waited), "ser_exit": clock(asked + waited + talk),
            "ser_time": str(talk),
        }  # fmt: skip
        rows.append(row(**said))
    return file(folder, *rows)


@pytest.fixture(autouse=True)
def hotline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    (home / "flows").mkdir(parents=True)
    (home / "flows" / "center.yaml").write_bytes(Path(OWN).read_bytes())
    monkeypatch.setenv("CARELINE_HOME", str(home))
    return home


def test_two_sets_of_rules_stand_side_by_side_with_their_difference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trace = busy_hour(tmp_path)
    asked = ["replay", str(trace), "--center", "fifo", "--against", "strict", "--seeds", "3"]
    assert main.run(asked) == 0
    told = capsys.readouterr().out
    assert "| all, fifo |" in told
    assert "| over 60, strict |" in told
    assert "strict less fifo, answered:" in told
    assert "6 replays in" in told


def test_the_same_replay_gives_the_same_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trace = busy_hour(tmp_path)
    asked = ["replay", str(trace), "--against", "app_queue", "--seeds", "2", "--json"]
    told = []
    for _ in range(2):
        assert main.run(asked) == 0
        told.append(json.loads(capsys.readouterr().out))
    assert told[0] == told[1]
    assert told[0]["calls"] == 40
    assert {"all", "over 60", "others", "PS"} == set(told[0]["difference"])


def test_agents_can_do_what_their_file_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    agents = tmp_path / "agents.json"
    agents.write_text('[{"name": "AVI", "skills": {"zh": 3, "senior_care": 4}}]')
    asked = ["replay", str(busy_hour(tmp_path)), "--over-60", "1", "--seeds", "1", "--json"]
    assert main.run([*asked, "--agents", str(agents)]) == 0
    (found,) = json.loads(capsys.readouterr().out)["rules"].values()
    assert found["over 60"][0]["answered"] > 0
    agents.write_text('[{"name": "BEN", "skills": {"zh": 3}}]')
    assert main.run([*asked, "--agents", str(agents), "--center", OWN]) == 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("nonsense", "does not say what agents can do"),
        ('[{"name": "AVI", "skills": {"zh": 9}}]', "AVI has zh at 9; expected a level from 1 to 5"),
    ],
)
def test_a_wrong_file_of_agents_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, sentence: str
) -> None:
    agents = tmp_path / "agents.json"
    agents.write_text(text)
    assert main.run(["replay", str(busy_hour(tmp_path)), "--agents", str(agents)]) == 2
    assert sentence in " ".join(capsys.readouterr().err.split())


def test_a_broken_row_ends_the_replay_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trace = file(tmp_path, row(), row(priority="7"))
    assert main.run(["replay", str(trace)]) == 2
    assert "bank.csv, line 3: priority is '7'; expected one of 0, 1, 2." in capsys.readouterr().err


def test_a_file_of_something_else_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.csv"
    other.write_text("name,age\nana,7\n")
    assert main.run(["replay", str(other)]) == 2
    assert "no trace that can be read" in capsys.readouterr().err


def test_rules_that_are_neither_a_file_nor_a_name_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["replay", str(busy_hour(tmp_path)), "--center", "nearest"]) == 2
    assert "nearest is no file and no set of rules by name" in capsys.readouterr().err


def test_a_broken_center_is_refused_with_the_place_of_the_mistake(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    center = tmp_path / "new.yaml"
    center.write_text(Path(OWN).read_text().replace("elder_age: 60", "elder_age: old"))
    assert main.run(["replay", str(busy_hour(tmp_path)), "--center", str(center)]) == 1
    assert "new.yaml:" in capsys.readouterr().err


def test_our_own_calls_are_replayed_from_their_records(
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = datetime.now(UTC) - timedelta(hours=2)
    with database() as db:
        for n in range(20):
            start = now + timedelta(minutes=n)
            name, waited, talked = f"call-{n}", 10.0 + n, None if n % 4 == 0 else 50.0
            summary = CallSummary(
                call_id=name, started=start, ended=start + timedelta(minutes=3), age=75,
                language="zh", queue="general", waited_s=waited, talked_s=talked,
                agent=None if talked is None else "ana", outcome="answered",
            )  # fmt: skip
            db.calls.finish(summary)
            db.calls.append([CallEvent(name, 0, start, "waiting", {"queue": "general"})])
    assert main.run(["replay", "--since", "1d", "--seeds", "1"]) == 0
    told = capsys.readouterr().out
    assert "our own calls: 20 calls that asked for an agent" in told
    assert "| over 60, " in told


def test_without_calls_of_our_own_a_sentence_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["replay"]) == 2
    assert "There are no calls to replay" in " ".join(capsys.readouterr().err.split())
