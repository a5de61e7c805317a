"""How does a call tried by hand become a test?"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from math import ceil
from pathlib import Path
from typing import Any

import yaml

from ivr.agent import AgentAccount
from ivr.caller import Profile
from ivr.errors import BadInput
from ivr.flow.calls import cases_of
from ivr.flow.hotline import Hotline
from ivr.flow.source import parse
from ivr.flow.turns import PLAIN, Answered, HangsUp, Hears, Keys, Says, Talks, Turn
from ivr.trial.case import try_cases
from ivr.trial.hall import Trial

HEADER = "# yaml-language-server: $schema=schema/calls.schema.json\ncalls:\n"


def as_case(
    trial: Trial,
    turns: Sequence[Turn],
    *,
    number: str,
    at: datetime,
    begin: str | None = None,
    profile: Profile | None = None,
    agents: Iterable[AgentAccount] | None = None,
    call: str | None = None,
) -> dict[str, Any]:
    """A tried call as an entry of a calls file. `at` is the hotline's time; `agents` are named only
    where they are not those a trial has anyway; `call` is the sentence it is known by."""
    summary, steps = trial.summary, trial.steps()
    joined = [event.data.get("agent") or event.data.get("to") for event in trial.all("joined")]
    case: dict[str, Any] = {
        "call": call or _sentence(turns, at, summary.outcome),
        "from": number,
        "at": f"{at:%Y-%m-%d %H:%M:%S}",
    }
    if begin is not None:
        case["begin"] = begin
    if profile is not None:
        known = {
            "name": profile.name,
            "born": profile.birth and profile.birth.isoformat(),
            "languages": list(profile.languages),
            "tier": profile.tier,
        }
        case["caller"] = {name: value for name, value in known.items() if value}
    if agents is not None:
        case["agents"] = {
            agent.name: {"skills": dict(agent.skills), "language": agent.language}
            for agent in agents
        } or "none"
    case["talk"] = [_line(turn) for turn in turns]
    ends = {
        "outcome": summary.outcome,
        "with": joined[-1] if joined else None,
        "queue": summary.queue,
        "step": steps[-1] if steps else None,
        "within": f"{max(1, ceil(trial.seconds() / 10)) * 10}s",
    }
    case["ends"] = {name: value for name, value in ends.items() if value}
    return case


def save(path: Path, case: Mapping[str, Any], hotline: Hotline) -> None:
    """Append `case` to a calls file, once it has been seen to pass as it is written there.

    Raises `BadInput` where it does not repeat itself, and where the file is not one to append to.
    """
    old = path.read_text(encoding="utf-8") if path.exists() else HEADER
    before = 0
    indent = 2
    if path.exists():
        source = parse(old, path.name)
        known = {one.spec.call for one in cases_of(source, hotline)}
        before = len(known)
        spot = source.values["calls", 0]
        begins = source.lines[spot.line - 1][: spot.column - 1]
        if list(source.data)[-1] != "calls" or begins.strip() != "-":
            raise BadInput(
                f"{path} cannot be appended to: calls: must be its last part, each call after a dash"
            )
        indent = begins.index("-")
        case = {**case, "call": _unused(str(case["call"]), known)}
    entry = yaml.safe_dump([dict(case)], allow_unicode=True, sort_keys=False, width=96)
    lines = [" " * indent + line if line else line for line in entry.splitlines()]
    text = old.rstrip("\n") + ("\n\n" if before else "\n") + "\n".join(lines) + "\n"
    cases = cases_of(parse(text, path.name), hotline)
    [tried] = try_cases(hotline, cases[-1:])
    if len(cases) != before + 1 or tried.problems:
        differs = "\n".join(map(str, tried.problems))
        raise BadInput(f"the call does not go the same way again, so it was not saved:\n{differs}")
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _line(turn: Turn) -> Any:
    match turn:
        case Hears(what):
            return {"hear": what}
        case Keys(keys, after):
            return {"key": keys} | _timed(after)
        case Says(text, after, confidence):
            unsure = {} if confidence == 1.0 else {"confidence": confidence}
            return {"says": text} | _timed(after) | unsure
        case Talks(seconds):
            return {"talks": f"{seconds:g}s"}
        case HangsUp():
            return "hang up"
        case _:
            return next(name for name, plain in PLAIN.items() if plain == turn)


def _timed(after: float | None) -> dict[str, str]:
    return {} if after is None else {"after": f"{after:g}s"}


def _sentence(turns: Sequence[Turn], at: datetime, outcome: str) -> str:
    done = [_line(turn) for turn in turns if not isinstance(turn, Hears | Answered)]
    inputs = [one if isinstance(one, str) else str(next(iter(one.values()))) for one in done]
    return f"{at:%a %H:%M}, {', '.join(inputs) or 'nothing keyed'}: {outcome}"


def _unused(call: str, known: set[str]) -> str:
    return next(
        name
        for count in range(1, len(known) + 2)
        if (name := call if count == 1 else f"{call} ({count})") not in known
    )
