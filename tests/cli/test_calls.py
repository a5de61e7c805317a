"""careline calls: a supervisor reads what happened in a call."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from ivr.cli.calls import app, follow, parse_since
from ivr.cli.context import database
from ivr.errors import BadInput, NotFound
from ivr.record import CallEvent, CallSummary
from ivr.store import Database

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)  # 12:00 in Shanghai
SHANGHAI = ZoneInfo("Asia/Shanghai")
CALL = CallSummary(
    call_id="1763.1",
    started=NOON,
    number="+8613800138000",
    masked="•••• 8000",
    name="王秀英",
    age=76,
    language="zh",
    ended=NOON + timedelta(seconds=95),
    outcome="answered",
    agent="ana",
    queue="senior",
    waited_s=4.0,
    talked_s=80.0,
    hung_up_by="caller",
    reason="the caller is 60 or older",
)
ANA_TALKS = {"agent": "ana", "code": "talking", "detail": {"for": 12}}
BO_IS_CHOSEN = {"agent": "bo", "code": "chosen", "score": 40, "detail": {"idle": 40}}
HAPPENED: list[tuple[str, dict[str, object]]] = [
    ("arrived", {"dialled": "95588"}),
    ("caller", {"known": True, "number_kind": "number", "age": 76, "language": "zh"}),
    ("step", {"flow": "main", "step": "menu", "kind": "menu"}),
    ("said", {"prompt": "main_menu", "language": "zh"}),
    ("heard", {"keys": "7"}),
    ("no_match", {"keys": "7"}),
    ("silence", {}),
    ("heard", {"secret": True, "count": 6}),
    ("branch", {"when": "caller.age >= 60", "to": "senior"}),
    ("set", {"name": "intent", "value": "balance"}),
    ("waiting", {"queue": "senior", "need": "senior_care 3", "position": 2, "low": 20, "high": 60}),
    ("announced", {"position": 1}),
    ("offer", {"agent": "bo", "verdicts": [ANA_TALKS, BO_IS_CHOSEN]}),
    ("refused", {"agent": "bo", "cause": "no_answer"}),
    ("joined", {"agent": "ana"}),
    ("talk_over", {"by": "agent"}),
    ("moon_landing", {"site": "Tycho", "crew": 3}),
    ("trouble", {"text": "the switch failed"}),
    ("ended", {"outcome": "answered", "by": "caller"}),
]


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The store of a hotline in China with one call in it."""
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "center.yaml").write_text(
        "center: {name: Bank, timezone: Asia/Shanghai, languages: [zh], human: main.human}\n"
    )
    monkeypatch.setenv("CARELINE_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.delenv("CARELINE_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    with database() as opened:
        opened.calls.finish(CALL)
        opened.calls.append(events(CALL.call_id, *HAPPENED))
        yield opened


def events(call_id: str, *happened: tuple[str, dict[str, object]]) -> list[CallEvent]:
    return [
        CallEvent(call_id, seq, NOON + timedelta(seconds=seq), kind, data)
        for seq, (kind, data) in enumerate(happened)
    ]


def careline(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def test_the_whole_story_of_a_call_is_told() -> None:
    result = careline("show", CALL.call_id)
    assert result.exit_code == 0
    lines = [line.strip() for line in result.output.splitlines()]
    assert lines == [
        "call        1763.1",
        "who         王秀英, aged 76, +8613800138000",
        "language    zh",
        "began       2026-11-21 12:00:00 CST",
        "lasted      1:35",
        "outcome     answered",
        "decided     the caller is 60 or older",
        "queue       senior",
        "waited      0:04",
        "agent       ana",
        "talked      1:20",
        "hung up by  caller",
        "",
        "12:00:00.000  The call arrived on 95588.",
        "12:00:01.000  It is a caller the hotline knows, aged 76, spoken to in zh.",
        "12:00:02.000  Step main.menu (menu).",
        "12:00:03.000  Said main_menu in zh.",
        "12:00:04.000  The caller keyed 7.",
        "12:00:05.000  7 is no answer to that.",
        "12:00:06.000  The caller keyed nothing.",
        "12:00:07.000  The caller keyed 6 secret digits.",
        "12:00:08.000  Went to senior, because caller.age >= 60 holds.",
        "12:00:09.000  Set intent to balance.",
        "12:00:10.000  Waits in the queue senior for an agent with senior_care 3; position 2, "
        "expected wait 20 to 60 s.",
        "12:00:11.000  Told the caller: position 1, wait not known.",
        "12:00:12.000  Offered to bo.",
        "· bo is offered the call: free the longest of all who fit, for 40 s.",
        "· ana has been talking for 12 s.",
        "12:00:13.000  bo did not take the call: no_answer.",
        "12:00:14.000  Joined with ana.",
        "12:00:15.000  The talk is over; ended by agent.",
        "12:00:16.000  Moon landing: site Tycho, crew 3.",
        "12:00:17.000  Trouble: the switch failed",
        "12:00:18.000  The call ended: answered, hung up by caller.",
    ]


def test_a_program_gets_the_same_story_as_json() -> None:
    told = json.loads(careline("show", CALL.call_id, "--json").output)
    assert told["summary"]["number"] == "+8613800138000"
    assert told["summary"]["started"] == "2026-11-21T04:00:00+00:00"
    assert [(event["kind"], event["data"]) for event in told["events"]] == HAPPENED


def test_a_forgotten_caller_is_told_as_erased(store: Database) -> None:
    store.callers.forget("+8613800138000")
    told = careline("show", CALL.call_id).output
    assert "The caller keyed –. (The person was erased.)" in told
    assert "name not known, aged 76, no number" in told
    assert "王秀英" not in told


def test_an_event_from_outside_cannot_act_on_the_terminal(store: Database) -> None:
    hostile = (
        "[red]\x1b[2J\u202eevil\r\nfake line[/] [link=file:///etc/passwd]x[/link] {0.__class__}"
    )
    call_id = "[bold]\x07id"
    store.calls.start(CallSummary(call_id=call_id, started=NOON, name=hostile, masked=hostile))
    store.calls.append(
        events(call_id, ("trouble", {"text": hostile}), (hostile, {hostile: hostile}))
    )
    for words in (("list",), ("show", call_id), ("show", call_id, "--json"), ("list", "--json")):
        output = careline(*words).output
        assert "evil" in output
        for dangerous in ("\x1b", "\u202e", "\x07", "\r"):
            assert dangerous not in output
    assert r"[red]\x1b[2J\u202eevil\r\nfake line[/] [link=" in careline("show", call_id).output


@pytest.mark.parametrize("kind", [kind for kind, _ in HAPPENED])
def test_every_event_is_told_even_when_its_data_is_missing(store: Database, kind: str) -> None:
    store.calls.start(CallSummary(call_id="bare", started=NOON))
    store.calls.append(events("bare", (kind, {})))
    result = careline("show", "bare")
    assert result.exit_code == 0
    assert "12:00:00.000  " in result.output


def test_a_caller_for_whom_a_phone_rings_at_once_has_no_position(store: Database) -> None:
    store.calls.start(CallSummary(call_id="quick", started=NOON))
    waiting = {"queue": "senior", "need": "zh 1", "position": 0, "low": 0, "high": 25}
    store.calls.append(events("quick", ("waiting", waiting)))
    told = careline("show", "quick").output
    assert "Waits in the queue senior for an agent with zh 1; a phone rings at once." in told


def test_the_list_shows_the_newest_first_with_masked_numbers(store: Database) -> None:
    later = NOON + timedelta(hours=1)
    store.calls.start(CallSummary(call_id="1763.2", started=later, masked="withheld number"))
    output = careline("list").output
    assert output.index("1763.2") < output.index("1763.1")
    assert "going on" in output
    assert "11-21 12:00" in output
    assert "withheld number" in output
    assert "王秀英" in output
    assert "13800138000" not in output
    assert "1763.1" not in careline("list", "--limit", "1").output
    assert "1763.1" not in careline("list", "--since", "2026-11-21T12:30").output
    assert "1763.1" in careline("list", "--since", "2026-11-21").output


def test_the_list_fits_a_terminal_and_its_ids_can_be_asked_for(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = "careline-1795292969.2345"
    crowded = replace(CALL, call_id=full, name="Александра Константиновна", queue="accounts")
    store.calls.finish(crowded)
    monkeypatch.setenv("COLUMNS", "80")
    output = careline("list").output
    assert max(map(cell_len, output.splitlines())) <= 80
    assert "…" not in output
    for word in ("1795292969.2345", "1763.1", "accounts", "answered", "0:04", "1:20"):
        assert word in output
    assert f"call        {full}" in careline("show", "1795292969.2345").output
    assert f"call        {full}" in careline("show", full).output
    assert "There is no call '1795'" in str(careline("show", "1795").exception)


def test_a_program_gets_the_list_without_numbers() -> None:
    (call,) = json.loads(careline("list", "--json").output)
    assert (call["call_id"], call["masked"], call["waited_s"]) == ("1763.1", "•••• 8000", 4.0)
    assert "number" not in call


def test_an_empty_list_says_so() -> None:
    assert careline("list", "--since", "2200-01-01").output == "There are no calls.\n"
    assert careline("list", "--since", "2200-01-01", "--json").output == "[]\n"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("90s", NOON - timedelta(seconds=90)),
        ("30m", NOON - timedelta(minutes=30)),
        ("2 h", NOON - timedelta(hours=2)),
        ("3d", NOON - timedelta(days=3)),
        ("2026-11-21", datetime(2026, 11, 21, tzinfo=SHANGHAI)),
        ("2026-11-21T08:30", datetime(2026, 11, 21, 8, 30, tzinfo=SHANGHAI)),
        ("2026-11-21T08:30Z", datetime(2026, 11, 21, 8, 30, tzinfo=UTC)),
    ],
)
def test_since_is_said_as_people_say_it(said: str, meant: datetime) -> None:
    assert parse_since(said, NOON, SHANGHAI) == meant


@pytest.mark.parametrize(
    "said", ["yesterday", "2 weeks", "", "2026-13-01", "0001-01-01", "9999999h"]
)
def test_another_since_is_answered(said: str) -> None:
    with pytest.raises(BadInput, match=r"--since: found .* expected a time such as 30m"):
        parse_since(said, NOON, SHANGHAI)


def test_a_call_that_is_not_there_is_told_so() -> None:
    result = careline("show", "nothing")
    assert isinstance(result.exception, NotFound)


def test_following_shows_what_happens_from_now_on_and_nothing_twice(store: Database) -> None:
    seen: list[str] = []
    happening: list[tuple[str, dict[str, object]]] = [
        ("human_wanted", {"at": "main.menu"}),
        ("hours", {"open": False}),
    ]
    news = iter(happening)

    def pause(_seconds: float) -> None:
        try:
            kind, data = next(news)
        except StopIteration:
            raise KeyboardInterrupt from None
        seq = 100 + len(seen)
        store.calls.append([CallEvent(CALL.call_id, seq, NOON, kind, data)])

    with pytest.raises(KeyboardInterrupt):
        follow(store, lambda event: seen.append(event.kind), pause)
    assert seen == ["human_wanted", "hours"]


def test_control_c_ends_following_without_a_fuss(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses = threading.Semaphore(1)

    def pause(_seconds: float) -> None:
        if not pauses.acquire(blocking=False):
            raise KeyboardInterrupt
        store.calls.append(
            [CallEvent(CALL.call_id, 99, NOON, "offer", {"agent": "bo", "verdicts": [ANA_TALKS]})]
        )

    monkeypatch.setattr("ivr.cli.calls.time.sleep", pause)
    result = careline("tail")
    assert result.exit_code == 0
    assert (
        result.output == "12:00:00.000  1763.1  Offered to bo. [ana has been talking for 12 s.]\n"
    )


def logged(path: Path, call: str, seconds: float, event: str, **more: str) -> None:
    """A line as the engine logs it."""
    at = (NOON + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
    line = {"event": event, "level": "error", "logger": "ivr.troubles", "timestamp": at, **more}
    with path.open("a") as file:
        file.write(json.dumps({"call": call, **line}) + "\n")


def test_the_log_of_a_call_is_joined_with_its_story(tmp_path: Path) -> None:
    log = tmp_path / "engine.log"
    logged(log, "1763.11", 4.5, "of another call, and not of 1763.1")
    logged(log, CALL.call_id, 4.5, "no answer \x1b[2J", exception="Traceback\n  KeyError: 1")
    with log.open("a") as file:
        file.write('The hotline answers.\n{"call": "1763.1"}\n{"call": "1763.1", \n["1763.1"]\n')
    lines = [" ".join(line.split()) for line in careline_shows(log).splitlines()]
    at = lines.index("12:00:04.500 log, error, ivr.troubles:")
    assert lines[at - 1].startswith("12:00:04.000 ")
    assert lines[at + 1 : at + 4] == ["no answer \\x1b[2J", "Traceback", "KeyError: 1"]
    assert lines[at + 4].startswith("12:00:05.000 ")
    assert not any("another call" in line for line in lines)


def careline_shows(log: Path) -> str:
    result = careline("show", CALL.call_id, "--log", str(log))
    assert result.exit_code == 0
    return result.output


def test_the_log_comes_through_a_pipe_too(tmp_path: Path) -> None:
    log = tmp_path / "engine.log"
    logged(log, CALL.call_id, 1, "no room")
    words = ["show", CALL.call_id, "--json", "--log", "-"]
    result = CliRunner().invoke(app, words, input=log.read_text())
    assert [line["text"] for line in json.loads(result.output)["log"]] == ["no room"]
