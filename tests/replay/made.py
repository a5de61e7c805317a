"""Small traces made by hand, in minutes and seconds that can be followed with a pencil."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from ivr.replay.bank import COLUMNS
from ivr.replay.scene import Caller
from ivr.replay.shifts import Break, Shifts
from ivr.replay.trace import Recorded, Trace, Work

PS = frozenset({"PS"})


def answered(
    call: str, since: float, waited: float, agent: str, talk: float, kind: str = "PS"
) -> Recorded:
    return Recorded(call, kind, since, waited, True, agent, talk, priority=1 if waited else None)


def called_by(customer: str, call: Recorded, priority: int = 2) -> Recorded:
    return replace(call, customer=customer, priority=priority)


def gone(call: str, since: float, waited: float, kind: str = "PS") -> Recorded:
    return Recorded(call, kind, since, waited, False, priority=1)


def trace(*calls: Recorded, work: tuple[Work, ...] = ()) -> Trace:
    return Trace("made", date(1999, 8, 1), tuple(sorted(calls, key=lambda c: c.since)), work)


def caller(
    call: str, since: float, patience: float = float("inf"), *, priority: int = 0, age: int = 40
) -> Caller:
    return Caller(call, "PS", since, patience, 0.5, priority, age)


def staff(*names: str, until: float, breaks: tuple[Break, ...] = ()) -> Shifts:
    """Agents who are there from 0 on, with no time lost between calls."""
    return Shifts(dict.fromkeys(names, ((0.0, PS),)), dict.fromkeys(names, until), breaks, 0.0)


def row(**said: str) -> str:
    """A row of the bank: a call of 10:00:00 that waits 30 s and is served 60 s by AVI."""
    cells = {
        "vru+line": "AA0101", "call_id": "1", "customer_id": "7", "priority": "2", "type": "PS",
        "date": "1999-08-01", "vru_entry": "10:00:00", "vru_exit": "10:00:10", "vru_time": "10",
        "q_start": "10:00:10", "q_exit": "10:00:40", "q_time": "30", "outcome": "AGENT",
        "ser_start": "10:00:39", "ser_exit": "10:01:39", "ser_time": "60", "server": "AVI",
    }  # fmt: skip
    cells |= {("vru+line" if name == "line" else name): value for name, value in said.items()}
    return ",".join(cells[column] for column in COLUMNS)


AT_ONCE = {"q_start": "0:00:00", "q_exit": "0:00:00", "q_time": "0", "priority": "0"}
HUNG_UP = {
    "outcome": "HANG", "ser_start": "0:00:00", "ser_exit": "0:00:00", "ser_time": "0",
    "server": "NO_SERVER",
}  # fmt: skip


def file(folder: Path, *rows: str) -> Path:
    path = folder / "bank.csv"
    path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n", encoding="utf-8")
    return path
