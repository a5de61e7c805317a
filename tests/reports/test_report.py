"""A day worked out by hand, and what the report makes of it."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ivr.cli.main import run
from ivr.cli.report import period, safe_cell
from ivr.errors import BadInput
from ivr.record import CallEvent, CallSummary
from ivr.report import Figures, figures, percentile
from ivr.store import Database
from ivr.store.agent_states import StateChange

DAY = datetime(2026, 11, 18, 1, tzinfo=UTC)  # 09:00 in Shanghai
LATER = DAY + timedelta(days=30)

# Ten callers of one hour. id: number, age, queue, need, rule, waited, talked, agent, rung, missed,
# told (when, low, high). Worked out by hand below.
CALLS: Mapping[str, tuple[Any, ...]] = {
    "c0": ("+861", 70, "senior", "senior_care 3, zh 1", "elder", 4, 100, "ana", "ana", "", None),
    "c1": ("+862", 80, "senior", "senior_care 3, zh 1", "elder", 16, 50, "bo", "ana bo", "ana",
           None),
    "c2": ("+863", 30, "general", "zh 1", None, 10, 60, "ana", "ana", "", (2, 5, 20)),
    "c3": ("+863", 30, "general", "zh 1", None, 25, 40, "ana", "ana", "", (5, 30, 60)),
    "c4": ("+864", 30, "general", "zh 1", None, 31, 20, "bo", "bo", "", (1, 5, 20)),
    "c5": (None, None, "general", "zh 1", None, 20, 30, "bo", "bo", "", None),
    "c6": ("+865", 40, "general", "zh 1", None, 12, None, None, "", "", (2, 20, 60)),
    "c7": ("+866", 40, "general", "zh 1", None, 90, None, None, "bo", "", (2, 20, 60)),
    "c8": ("+867", 40, "general", "anybody", None, 5, None, None, "", "", None),  # handed back
}  # fmt: skip


def keep(database: Database) -> None:
    """The calls above, one every five minutes, one that never waited, and the agents' states."""
    for n, (call_id, told) in enumerate(CALLS.items()):
        number, age, queue, need, rule, waited, talked, agent, rung, missed, announced = told
        begins = DAY + timedelta(minutes=5 * n)
        answered = begins + timedelta(seconds=waited)
        ends = answered + timedelta(seconds=talked or 0)
        outcome = "answered" if agent else "handed_back" if call_id == "c8" else "abandoned"
        summary = CallSummary(
            call_id=call_id, started=begins, number=number, age=age, queue=queue, agent=agent,
            ended=ends, outcome=outcome, waited_s=waited, talked_s=talked,
        )  # fmt: skip
        happened: list[tuple[datetime, str, dict[str, object]]] = []
        if rule:
            happened.append((begins, "rule", {"name": rule, "reason": "old"}))
        happened.append((begins, "waiting", {"queue": queue, "need": need}))
        if announced:
            at, low, high = announced
            told_at = begins + timedelta(seconds=at)
            happened.append((told_at, "announced", {"position": 1, "low": low, "high": high}))
        happened += [(answered, "offer", {"agent": one}) for one in rung.split()]
        happened += [(answered, "refused", {"agent": one}) for one in missed.split()]
        if agent:
            happened.append((answered, "joined", {"agent": agent}))
        happened.append((ends, "ended", {"outcome": outcome, "by": "caller"}))
        store(database, summary, happened)
        if agent == "ana":  # ten seconds of wrap-up after each of her talks
            database.agent_states.append(
                [
                    StateChange("ana", answered, "talking"),
                    StateChange("ana", ends, "wrap_up"),
                    StateChange("ana", ends + timedelta(seconds=10), "ready"),
                ]
            )
    # The third and fourth callers were the same; the first calls again after eight days.
    eight = DAY + timedelta(days=8, hours=1)
    again = CallSummary(call_id="x", started=eight, number="+861", ended=eight, outcome="left")
    store(database, again, [(eight, "arrived", {})])
    menu = CallSummary(call_id="m", started=DAY, number="+869", ended=DAY, outcome="completed")
    store(database, menu, [(DAY, "ended", {})])


def store(
    database: Database,
    summary: CallSummary,
    happened: list[tuple[datetime, str, dict[str, object]]],
) -> None:
    database.calls.start(summary)
    database.calls.append(
        [
            CallEvent(summary.call_id, seq, at, kind, data)
            for seq, (at, kind, data) in enumerate(happened)
        ]
    )
    database.calls.finish(summary)


@pytest.fixture
def database() -> Iterator[Database]:
    with Database.open("sqlite://") as opened:
        opened.agent_states.append([StateChange("ana", DAY, "ready")])
        keep(opened)
        end = DAY + timedelta(hours=1)
        opened.agent_states.append([StateChange("ana", end, "paused", "lunch")])
        yield opened


def lines(database: Database, by: str, now: datetime = LATER) -> dict[str, Figures]:
    until = DAY + timedelta(hours=2)
    calls = database.reports.calls(DAY, until, now)
    shifts = database.reports.shifts(DAY, until)
    return {line.group: line for line in figures(calls, by, shifts, 60)}  # type: ignore[arg-type]


def test_a_day_by_queue_is_what_was_worked_out_by_hand(database: Database) -> None:
    by = lines(database, "queue")
    assert list(by) == ["general", "senior", "(all)"]
    everything = by["(all)"]
    assert (everything.offered, everything.answered, everything.abandoned) == (9, 6, 2)
    # Answered after 4, 10, 16, 20, 25, 31 s; given up after 12 and 90 s; one handed back.
    assert everything.service_level == {
        15: {"negative": 2 / 9, "positive": 3 / 9, "without": 2 / 8, "handled": 2 / 6},
        20: {"negative": 4 / 9, "positive": 5 / 9, "without": 4 / 8, "handled": 4 / 6},
        30: {"negative": 5 / 9, "positive": 6 / 9, "without": 5 / 8, "handled": 5 / 6},
    }
    assert everything.wait_average == pytest.approx((4 + 16 + 10 + 25 + 31 + 20) / 6)
    assert everything.wait_p90 == 31
    assert everything.talk_average == pytest.approx((100 + 50 + 60 + 40 + 20 + 30) / 6)
    assert everything.wrap_up_average == pytest.approx(30 / 6)
    assert everything.handle_average == pytest.approx(330 / 6)
    assert (everything.elderly_answered, everything.elderly_wait_average) == (2, 10)


def test_the_second_call_of_a_number_within_a_week_counts_against_the_first(
    database: Database,
) -> None:
    # c0 (again after 8 days), c1, c3, c4 are settled, c2 is not; c5 has no number.
    everything = lines(database, "queue")["(all)"]
    assert (everything.first_call_judged, everything.first_call_resolution) == (5, 4 / 5)
    too_early = lines(database, "queue", now=DAY + timedelta(days=3))["(all)"]
    assert (too_early.first_call_judged, too_early.first_call_resolution) == (0, None)


def test_announced_waits_are_held_against_what_came(database: Database) -> None:
    # c2: 8 s after being told 5-20, right. c3: 20 s, told 30-60, sooner. c4: 30 s, told 5-20, later.
    # c6 gave up within the range: proves nothing. c7: gave up after 88 s, told 20-60, later.
    everything = lines(database, "queue")["(all)"]
    assert everything.announced == 4
    assert everything.announced_right == 1 / 4
    assert everything.announced_too_short == 2 / 4


def test_agents_have_what_they_were_offered_answered_and_missed(database: Database) -> None:
    by = lines(database, "agent")
    assert list(by) == ["(none)", "ana", "bo", "(all)"]
    ana, bo = by["ana"], by["bo"]
    assert (ana.offered, ana.answered, ana.missed) == (4, 3, 1)
    assert (bo.offered, bo.answered, bo.abandoned, bo.missed) == (4, 3, 1, 0)
    assert ana.handle_average == pytest.approx((100 + 60 + 40 + 30) / 3)
    # 230 s of talk and wrap-up in an hour on shift; the lunch after it does not count.
    assert ana.occupancy == pytest.approx(230 / 3600)
    assert bo.occupancy is None


def test_skills_and_rules_have_their_own_lines(database: Database) -> None:
    by_skill = lines(database, "skill")
    assert {name: line.offered for name, line in by_skill.items()} == {
        "(none)": 1, "senior_care": 2, "zh": 8, "(all)": 9,
    }  # fmt: skip
    by_rule = lines(database, "rule")
    assert {name: line.offered for name, line in by_rule.items()} == {
        "(none)": 7, "elder": 2, "(all)": 9,
    }  # fmt: skip


def test_calls_back_count_under_the_rule_of_the_call_that_asked_for_them(
    database: Database,
) -> None:
    night, minute = DAY - timedelta(hours=12), timedelta(minutes=1)
    asked = CallSummary(call_id="asked", started=night, ended=night + minute, outcome="callback")
    terms: dict[str, object] = {"queue": "general", "need": "zh 1"}
    store(database, asked, [(night, "rule", {"name": "gold"}), (night, "waiting", terms)])
    of: dict[str, object] = {"of": "asked", "queue": "general", "waited": 43_200}

    def rings_back(call_id: str, begins: datetime, first: str, outcome: str, agent: str) -> None:
        answered: list[tuple[datetime, str, dict[str, object]]] = [
            (begins, "waiting", terms),
            (begins, "joined", {"agent": agent}),
        ]
        summary = CallSummary(
            call_id=call_id, started=begins, queue="general", agent=agent or None, outcome=outcome,
            ended=begins + minute, waited_s=43_200, talked_s=50 if agent else None,
        )  # fmt: skip
        store(database, summary, [(begins, first, of), *(answered if agent else [])])

    rings_back("asked-back-1", DAY, "callback", "put_off", "")
    rings_back("asked-back-2", DAY + minute, "callback", "answered", "ana")
    by_rule = lines(database, "rule")
    assert {name: line.offered for name, line in by_rule.items()} == {
        "(none)": 7, "elder": 2, "gold": 1, "(all)": 10,
    }  # fmt: skip
    assert (by_rule["gold"].answered, by_rule["gold"].wait_average) == (1, 43_200)
    # Ana's phone vanishes in the talk, and another agent takes the customer.
    of["of"] = "asked-back-2"
    rings_back("again", DAY + 2 * minute, "agent_lost", "answered", "bo")
    assert lines(database, "rule")["gold"].offered == 2


def test_a_day_without_calls_says_nothing_and_divides_by_nothing() -> None:
    [line] = figures([], "queue", {}, 60)
    assert (line.offered, line.wait_average, line.wait_p90, line.occupancy) == (0, None, None, None)
    assert set(line.service_level[20].values()) == {None}


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [([1], 0.9, 1), ([1, 2], 0.5, 1), (range(1, 11), 0.9, 9), (range(1, 12), 0.9, 10)],
)
def test_a_percentile_is_a_value_that_occurred(
    values: list[float], share: float, found: float
) -> None:
    assert percentile(values, share) == found


def test_an_engine_that_was_killed_leaves_nobody_logged_in(database: Database) -> None:
    gone = DAY + timedelta(hours=1)
    database.agent_states.close_all()
    [*_, last] = database.agent_states.spans(DAY, LATER)
    assert last.ends == gone  # the last that anybody saw


@pytest.mark.parametrize("evil", ["=1+1", "+86", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(evil: str) -> None:
    assert safe_cell(evil) == f"'{evil}"


@pytest.mark.parametrize(
    ("value", "cell"), [("senior", "senior"), (None, ""), (0.25, "0.25"), (3, "3"), (2.0, "2")]
)
def test_other_cells_stay_as_they_are(value: object, cell: str) -> None:
    assert safe_cell(value) == cell


def test_a_period_is_meant_where_the_hotline_is() -> None:
    here = ZoneInfo("Asia/Shanghai")
    now = datetime(2026, 11, 18, 4, tzinfo=UTC)
    assert period("", "", now, here) == (datetime(2026, 11, 17, 16, tzinfo=UTC), now)
    assert period("2026-11-01", "2026-11-02", now, here) == (
        datetime(2026, 10, 31, 16, tzinfo=UTC),
        datetime(2026, 11, 2, 16, tzinfo=UTC),
    )
    assert period("2h", "", now, here) == (now - timedelta(hours=2), now)
    with pytest.raises(BadInput, match="before it begins"):
        period("2026-11-17", "2026-11-01", now, here)
    with pytest.raises(BadInput, match="--to: found"):
        period("2026-11-17", "tomorrow", now, here)


def test_the_command_prints_for_people_spreadsheets_and_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "center.yaml").write_text(
        "center: {name: Bank, timezone: Asia/Shanghai, languages: [zh], human: main.human}\n"
    )
    monkeypatch.setenv("CARELINE_HOME", str(tmp_path))
    monkeypatch.delenv("CARELINE_DATABASE_URL", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    with Database.open(f"sqlite:///{tmp_path}/var/careline.db") as opened:
        keep(opened)
    words = ["report", "--from", "2026-11-18", "--to", "2026-11-18"]
    assert run(words) == 0
    assert "senior" in capsys.readouterr().out
    assert run([*words, "--csv", "--by", "rule"]) == 0
    [none, elder, _] = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (none["rule"], elder["rule"], elder["service_level_20_negative"]) == (
        "(none)",
        "elder",
        "1",
    )
    assert run([*words, "--json", "--by", "skill"]) == 0
    assert json.loads(capsys.readouterr().out)[-1]["offered"] == 9
