"""What is recorded of a call? Learned from its events, as they happen or in the store."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ivr.errors import NotFound
from ivr.record import CallEvent, CallSummary
from ivr.store.database import Database
from recordings.catalogue import Recording
from recordings.shelf import Part


@dataclass(frozen=True, slots=True)
class Taped:
    """A part of a call, and whether the switch said that it records it. An `unwanted` one is not
    kept."""

    part: Part
    agent: str
    recorded: bool
    unwanted: bool = False


def after(taped: Sequence[Taped], event: CallEvent) -> list[Taped]:
    """What is recorded of a call, after an event of its record."""
    data = event.data
    if event.kind == "joined" and "recording" in data:
        part = Part.of(str(data["recording"]))
        return [*taped, Taped(part, str(data["agent"]), bool(data["recorded"]))]
    if event.kind == "ivr_recorded":
        part = Part.of(str(data["recording"]), ivr=True)
        return [*taped, Taped(part, "", bool(data["recorded"]))]
    if event.kind == "consent" and not data.get("recording"):
        return [replace(one, unwanted=True) if one.part.ivr else one for one in taped]
    return list(taped)


def known(database: Database, part: Part, raw: Path) -> tuple[CallSummary, Taped]:
    """What the store knows of a part whose file is `raw`, and of its call; the summary of a call cut
    short says little. Raises `StoreError`, and OSError where the file is gone."""
    try:
        record = database.calls.show(part.call)
    except NotFound:
        began = datetime.fromtimestamp(raw.stat().st_mtime, UTC)
        return CallSummary(call_id=part.call, started=began), Taped(part, "", recorded=True)
    call, all_of_it = record.summary, list[Taped]()
    for event in record.events:
        if event.kind == "waiting" and call.queue is None:
            call = replace(call, queue=str(event.data["queue"]))
        all_of_it = after(all_of_it, event)
    agent = "" if part.ivr else call.agent or ""
    this = (taped for taped in all_of_it if taped.part == part)
    return call, next(this, Taped(part, agent, recorded=True))


def row(part: Part, call: CallSummary, agent: str, note: str = "") -> Recording:
    """A part as the catalogue has it, before anything is known of its file."""
    return Recording(
        name=str(part),
        call_id=call.call_id,
        part=part.part,
        kind="ivr" if part.ivr else "talk",
        at=call.started,
        queue=call.queue or "",
        agent=agent,
        language=call.language,
        outcome=call.outcome,
        note=note,
    )
