"""The public bank trace, row by row: what is taken, what is left out, what is refused."""

from pathlib import Path

import pytest

from ivr.errors import BadInput
from ivr.replay.bank import read_bank
from ivr.replay.trace import Work
from tests.replay.made import AT_ONCE, HUNG_UP, file, row


def test_a_call_that_waited_is_taken_with_its_priority_wait_and_agent(tmp_path: Path) -> None:
    (call,) = read_bank(file(tmp_path, row())).calls
    assert (call.since, call.waited, call.talk) == (36_010.0, 30.0, 60.0)
    assert (call.agent, call.priority, call.answered) == ("AVI", 2, True)


def test_a_call_answered_at_once_has_lost_its_priority(tmp_path: Path) -> None:
    (call,) = read_bank(file(tmp_path, row(**AT_ONCE))).calls
    assert call.waited == 0
    assert call.priority is None


def test_an_english_call_asks_for_english(tmp_path: Path) -> None:
    (call,) = read_bank(file(tmp_path, row(type="PE"))).calls
    assert call.skill == "en"


def test_who_hung_up_in_the_menu_phantoms_and_calls_without_an_agent_are_left_out_and_counted(
    tmp_path: Path,
) -> None:
    path = file(
        tmp_path,
        row(),
        row(**{**AT_ONCE, **HUNG_UP}),
        row(outcome="PHANTOM"),
        row(server="NO_SERVER"),
    )
    trace = read_bank(path)
    assert len(trace.calls) == 1
    assert sorted(trace.left_out.values()) == [1, 1, 1]


def test_a_call_the_bank_makes_itself_keeps_its_agent_busy(tmp_path: Path) -> None:
    trace = read_bank(file(tmp_path, row(), row(type="TT", **AT_ONCE)))
    assert trace.work == (Work("AVI", 36_010.0, 60.0),)
    assert len(trace.calls) == 1


def test_a_wait_over_midnight_is_read_as_one(tmp_path: Path) -> None:
    late = {
        "vru_entry": "23:59:40", "vru_exit": "23:59:50", "q_start": "23:59:50", "q_exit": "0:00:20",
        "ser_start": "0:00:19", "ser_exit": "0:01:19",
    }  # fmt: skip
    (call,) = read_bank(file(tmp_path, row(**late))).calls
    assert call.since == 86_390.0
    assert call.until == 86_420.0


def test_a_call_that_leaves_the_menu_after_midnight_belongs_to_the_next_day(tmp_path: Path) -> None:
    late = {
        "vru_entry": "23:59:55", "vru_exit": "0:00:05", "q_start": "0:00:05", "q_exit": "0:00:35",
        "ser_start": "0:00:34", "ser_exit": "0:01:34",
    }  # fmt: skip
    (call,) = read_bank(file(tmp_path, row(**late))).calls
    assert call.since == 86_405.0


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"priority": "3"}, "priority is '3'; expected one of 0, 1, 2."),
        ({"type": "XX"}, "type is 'XX'; expected one of PS, PE, IN, NE, NW, TT."),
        ({"outcome": "agent"}, "outcome is 'agent'; expected one of AGENT, HANG, PHANTOM."),
        ({"q_time": "-3"}, "q_time is '-3'; expected whole seconds."),
        ({"q_time": "31"}, "q_time is '31'; expected 30 s, as its two times say."),
        ({"q_exit": "24:00:40"}, "q_exit is '24:00:40'; expected a time of day such as 9:05:00."),
        ({"date": "990801"}, "date is '990801'; expected a date such as 1999-08-01."),
        ({"server": "A,B"}, "found 18 cells; expected 17."),
    ],
)
def test_a_broken_row_is_answered_with_its_line_what_was_found_and_what_was_expected(
    tmp_path: Path, said: dict[str, str], sentence: str
) -> None:
    path = file(tmp_path, row(), row(**said))
    with pytest.raises(BadInput) as refused:
        read_bank(path)
    assert str(refused.value) == f"bank.csv, line 3: {sentence}"


def test_a_file_with_a_heading_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="heading and no calls"):
        read_bank(file(tmp_path))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = file(tmp_path, row())
    path.write_bytes(path.read_bytes() + b"\xff\xfe")
    with pytest.raises(BadInput, match="UTF-8"):
        read_bank(path)
