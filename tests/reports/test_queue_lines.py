"""What QueueMetrics reads of a call and of an agent, line by line."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from ivr.line.asterisk.ami import Refused
from ivr.line.asterisk.queue_log import QueueLog
from ivr.queue_lines import QueueLine, QueueLines
from ivr.record import CallEvent, CallSummary
from ivr.store.agent_states import StateChange

NOON = datetime(2026, 11, 18, 4, tzinfo=UTC)
WANG = CallSummary(call_id="c", started=NOON, number="+8613800138000", masked="•••• 8000")
Happened = tuple[float, str, dict[str, object]]
WAITS: Happened = (0, "waiting", {"queue": "senior", "position": 2})
OFFERED: Happened = (10, "offer", {"agent": "ana"})


def told(*happened: Happened) -> list[str]:
    """The lines as the switch writes them, but for the time."""
    found: list[QueueLine] = []
    lines = QueueLines(found.append, lambda: ["senior"])
    lines.call(WANG)
    for seq, (at, kind, data) in enumerate(happened):
        lines.call(CallEvent("c", seq, NOON + timedelta(seconds=at), kind, data))
    return [written(line) for line in found]


def written(line: QueueLine) -> str:
    return f"{line.call}|{line.queue}|{line.agent}|{line.event}|{line.message()}"


def test_an_answered_call_enters_connects_and_completes() -> None:
    assert told(
        (-3, "arrived", {"dialled": "95588"}),
        WAITS,
        OFFERED,
        (30, "refused", {"agent": "ana", "cause": "no_answer"}),
        (30, "offer", {"agent": "bo"}),
        (34.2, "joined", {"agent": "bo"}),
        (94.9, "talk_over", {"by": "agent"}),
        (95, "ended", {"outcome": "answered", "by": "agent"}),
    ) == [
        "c|senior|NONE|ENTERQUEUE||8000|2",
        "c|senior|ana|RINGNOANSWER|20000",
        "c|senior|bo|CONNECT|34|c|4",
        "c|senior|bo|COMPLETEAGENT|34|60|2",
    ]


def test_a_call_that_a_supervisor_moves_leaves_one_queue_and_enters_another() -> None:
    assert told(
        WAITS,
        (20, "supervised", {"act": "move", "by": "li", "queue": "cards"}),
        (30, "offer", {"agent": "bo"}),
        (34, "joined", {"agent": "bo"}),
    ) == [
        "c|senior|NONE|ENTERQUEUE||8000|2",
        "c|senior|NONE|EXITWITHTIMEOUT|2|2|20",
        "c|cards|NONE|ENTERQUEUE||8000|2",
        "c|cards|bo|CONNECT|34|c|4",
    ]


def test_the_callers_own_end_of_the_talk_is_told_apart() -> None:
    *_, last = told(
        WAITS,
        OFFERED,
        (14, "joined", {"agent": "ana"}),
        (20, "ended", {"outcome": "answered", "by": "caller"}),
    )
    assert last == "c|senior|ana|COMPLETECALLER|14|6|2"


@pytest.mark.parametrize(
    ("end", "line"),
    [
        ((31, "ended", {"outcome": "abandoned", "by": "caller"}), "ABANDON|2|2|31"),
        ((31, "unstaffed", {"queue": "senior"}), "EXITEMPTY|2|2|31"),
        ((31, "taken_out", {"queue": "senior"}), "EXITEMPTY|2|2|31"),
        ((31, "waited_too_long", {"queue": "senior"}), "EXITWITHTIMEOUT|2|2|31"),
        ((31, "ended", {"outcome": "handed_back", "by": "hotline"}), "EXITEMPTY|2|2|31"),
    ],
)
def test_a_call_that_nobody_takes_leaves(end: Happened, line: str) -> None:
    assert told(WAITS, end)[-1] == f"c|senior|NONE|{line}"


def test_a_call_that_never_waits_leaves_no_line() -> None:
    assert told((0, "joined", {"to": "duty"}), (9, "ended", {"by": "caller"})) == []


def test_an_agents_day_is_told_for_every_queue() -> None:
    found: list[QueueLine] = []
    lines = QueueLines(found.append, lambda: ["senior", "cards"])
    before = None
    for state, reason in (
        ("ready", None),
        ("talking", None),
        ("paused", "lunch|x\n1"),
        ("paused", "break"),
        ("ready", None),
        ("away", None),
    ):
        change = StateChange("ana", NOON, state, reason)  # type: ignore[arg-type]
        lines.agent(change, before)
        before = change
    of_senior = [written(line) for line in found if line.queue == "senior"]
    assert of_senior == [
        "NONE|senior|ana|ADDMEMBER|",
        "NONE|senior|ana|PAUSE|lunch x 1",
        "NONE|senior|ana|UNPAUSE|",
        "NONE|senior|ana|PAUSE|break",
        "NONE|senior|ana|UNPAUSE|",
        "NONE|senior|ana|REMOVEMEMBER|",
    ]
    assert len(found) == 2 * len(of_senior)


class Switch:
    """A switch that refuses the first line, as one without the right does."""

    def __init__(self) -> None:
        self.written: list[Mapping[str, str]] = []

    async def action(self, name: str, fields: Mapping[str, str]) -> None:
        assert name == "QueueLog"
        self.written.append(fields)
        if len(self.written) == 1:
            raise Refused(name, "Permission denied")


async def test_lines_are_written_in_order_and_a_refusal_stops_none(
    caplog: pytest.LogCaptureFixture,
) -> None:
    switch = Switch()
    log = QueueLog(switch)  # type: ignore[arg-type]
    log.open()
    for event in ("ENTERQUEUE", "CONNECT"):
        log.write("senior", event, "c", "ana", "1|2")
    await log.close()
    assert [line["Event"] for line in switch.written] == ["ENTERQUEUE", "CONNECT"]
    assert switch.written[1] == {
        "Queue": "senior",
        "Event": "CONNECT",
        "Uniqueid": "c",
        "Interface": "ana",
        "Message": "1|2",
    }
    assert caplog.text.count("queue_log is not written") == 1
