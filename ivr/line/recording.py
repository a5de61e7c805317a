"""How is a call's dialogue with its line kept as a file?

A recording is YAML: a list of what was asked of the line, what came of it, and after how many
seconds. It may be given away as a test, so keys of secret entries and texts with a caller's data
are replaced before they are written.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, replace
from pathlib import Path
from typing import Any

import yaml

from ivr.errors import BadInput
from ivr.line import commands
from ivr.line.commands import (
    Command,
    Connect,
    Keyed,
    Listen,
    Monitor,
    Outcome,
    Play,
    Record,
    Spoken,
)

COMMANDS: dict[str, type[Any]] = {
    "answer": commands.Answer,
    "play": commands.Play,
    "listen": commands.Listen,
    "record": commands.Record,
    "hold": commands.Hold,
    "connect": commands.Connect,
    "monitor": commands.Monitor,
    "end_monitor": commands.EndMonitor,
    "mute": commands.Mute,
    "talk": commands.Talk,
    "hand_back": commands.HandBack,
    "hangup": commands.Hangup,
}
OUTCOMES: dict[str, type[Any]] = {
    "answered": commands.Answered,
    "played": commands.Played,
    "keyed": commands.Keyed,
    "silence": commands.Silence,
    "utterance": commands.Utterance,
    "unclear": commands.Unclear,
    "recorded": commands.Recorded,
    "held": commands.Held,
    "joined": commands.Joined,
    "not_joined": commands.NotJoined,
    "monitored": commands.Monitored,
    "muted": commands.Muted,
    "talk_ended": commands.TalkEnded,
    "handed_back": commands.HandedBack,
    "hung_up": commands.HungUp,
}
PARTS: dict[str, type[Any]] = {
    "spoken": commands.Spoken,
    "agent": commands.AgentPhone,
    "number": commands.OutsideNumber,
    "speech": commands.Speech,
    "grammar": commands.Grammar,
    "hypothesis": commands.Hypothesis,
}
_NAMES: dict[type[Any], str] = {
    kind: name for table in (COMMANDS, OUTCOMES, PARTS) for name, kind in table.items()
}

HIDDEN = "9"
"""What every key of a secret entry becomes; never 0, which asks for a human."""

ANYWHERE = Path("said.wav")
"""What the file of every `Record` and `Monitor` becomes: its folder was that of another machine, its
name is that of another call."""


@dataclass(frozen=True, slots=True)
class CallerGone:
    """Instead of an outcome: the caller hung up, having said `said` seconds into a `Record`."""

    said: float = 0.0


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Instead of an outcome: the engine changed its mind; for `said` see `CallerGone`."""

    said: float = 0.0


@dataclass(frozen=True, slots=True)
class Failed:
    """Instead of an outcome: the switch failed; `why` is the sentence."""

    why: str


_NAMES |= {CallerGone: "caller_gone", Cancelled: "cancelled", Failed: "failed"}
_ENDS: dict[str, type[Any]] = {
    **OUTCOMES,
    "caller_gone": CallerGone,
    "cancelled": Cancelled,
    "failed": Failed,
}

End = Outcome | CallerGone | Cancelled | Failed


@dataclass(frozen=True, slots=True)
class Entry:
    """One command, how it ended, and how many seconds that took."""

    command: Command
    end: End
    seconds: float


def without_secrets(entry: Entry) -> Entry:
    """`entry` as it may be written: no secret keys, no private texts."""
    end = entry.end
    if isinstance(entry.command, Listen) and entry.command.secret and isinstance(end, Keyed):
        end = Keyed(HIDDEN * len(end.keys))
    return replace(entry, command=without_private_texts(entry.command), end=end)


def without_private_texts(command: Command) -> Command:
    """`command` with the texts of private sentences blanked."""
    match command:
        case Play() | Listen():
            return replace(command, spoken=tuple(map(_blank, command.spoken)))
        case Connect():
            return replace(command, whisper=tuple(map(_blank, command.whisper)))
        case Record() | Monitor():
            return replace(command, file=ANYWHERE)
        case _:
            return command


def _blank(spoken: Spoken) -> Spoken:
    return replace(spoken, text="", recording=None) if spoken.private else spoken


def save(entries: list[Entry], path: Path) -> None:
    """Write a recording."""
    rows = [
        {
            "command": _plain(entry.command),
            "outcome": _plain(entry.end),
            "seconds": round(entry.seconds, 3),
        }
        for entry in map(without_secrets, entries)
    ]
    path.write_text(yaml.safe_dump(rows, allow_unicode=True, sort_keys=False), encoding="utf-8")


def load(path: Path) -> list[Entry]:
    """Read a recording. Raises BadInput that names the entry that cannot be understood."""
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInput(f"{path} cannot be read as a recording: {error}") from error
    if not isinstance(rows, list):
        raise BadInput(f"{path} is not a recording: a list of entries was expected.")
    entries = []
    for number, row in enumerate(rows, start=1):
        try:
            entries.append(
                Entry(
                    command=_made(row["command"], COMMANDS),
                    end=_made(row["outcome"], _ENDS),
                    seconds=float(row["seconds"]),
                )
            )
        except (AttributeError, KeyError, StopIteration, TypeError, ValueError) as error:
            raise BadInput(
                f"{path}, entry {number}: a command, an outcome and seconds were expected"
                f" ({error!r}). Record the call again."
            ) from error
    return entries


def _plain(record: Any) -> Any:
    """A record as plain data: its name, or its name with the fields that are not the default."""
    if isinstance(record, tuple):
        return [_plain(one) for one in record]
    if type(record) not in _NAMES:
        return record
    given = {
        field.name: _plain(getattr(record, field.name))
        for field in fields(record)
        if (field.default is MISSING or getattr(record, field.name) != field.default)
        and not isinstance(getattr(record, field.name), Path)
    }
    return {_NAMES[type(record)]: given} if given else _NAMES[type(record)]


def _made(plain: Any, known: Mapping[str, type[Any]]) -> Any:
    """The record that `_plain` made `plain` of."""
    name, given = (plain, {}) if isinstance(plain, str) else next(iter(plain.items()))
    values = {field: _value(value) for field, value in given.items()}
    if known[name] in (Record, Monitor):
        values["file"] = ANYWHERE
    return known[name](**values)


def _value(plain: Any) -> Any:
    if isinstance(plain, list):
        return tuple(_value(one) for one in plain)
    if isinstance(plain, dict):
        return _made(plain, PARTS)
    return plain
