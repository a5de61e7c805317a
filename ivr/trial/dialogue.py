"""How does a caller behave who follows the lines of a test?

What is heard is told apart by the prompts' names. A text with `{{ }}` in it has lost its name by
the time it is said, and is known by its wording again.
"""

import re
from collections.abc import Sequence
from functools import cached_property

from ivr.flow.turns import Answered, HangsUp, Hears, Keys, Mumbles, Says, Silence, Talks, Turn
from ivr.flow.wording import Wording
from ivr.line import far_end
from ivr.line.commands import Command, Connect, Hold, Play, Record, Spoken, Talk
from ivr.line.far_end import HangUp, Moment, Press, Reaction
from ivr.line.speech_length import seconds

PAUSE = 1.0  # seconds between the end of a question and the key that answers it


def heard_in(command: Command) -> tuple[Spoken, ...]:
    """What the caller hears of a command, in order."""
    if isinstance(command, Connect):
        return (command.meanwhile,) if command.meanwhile is not None else ()
    return getattr(command, "spoken", ())


class Names:
    """The names of what is said."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording

    def of(self, spoken: Spoken) -> str | None:
        """The prompt's name; None for a text that is no prompt's."""
        if spoken.name is not None:
            return spoken.name
        for language, name, pattern in self._filled:
            if language == spoken.language and pattern.fullmatch(spoken.text):
                return name
        return None

    @cached_property
    def _filled(self) -> list[tuple[str, str, re.Pattern[str]]]:
        return [
            (language, name, _pattern(template.parts))
            for language, texts in self._wording.texts.items()
            for name, template in texts.items()
            if template.holes
        ]


def _pattern(parts: Sequence[object]) -> re.Pattern[str]:
    fixed = (re.escape(part) if isinstance(part, str) else ".*" for part in parts)
    return re.compile("".join(fixed), re.DOTALL)


class Dialogue:
    """A caller who hears and does what is written, line by line; a `FarEnd`.

    Something to hear waits until it is heard. A key, or something said, answers the next question,
    one second after it has been asked. A key that follows something heard which asks nothing is
    pressed while that is being said. When a line is never heard the caller stays silent, and the
    call takes its course.
    """

    def __init__(self, turns: Sequence[Turn], names: Names) -> None:
        self._turns = turns
        self._names = names
        self._next = 0

    @property
    def missing(self) -> int | None:
        """The first line that was not heard or could not be done; None when all were."""
        return self._next if self._next < len(self._turns) else None

    @property
    def _turn(self) -> Turn | None:
        return self._turns[self._next] if self._next < len(self._turns) else None

    def react(self, moment: Moment) -> Reaction | None:
        """See `ivr.line.far_end.FarEnd`."""
        command = moment.command
        just_heard = self._hear(heard_in(command))
        if isinstance(command, Talk) and isinstance(self._turn, Answered):
            self._next += 1
        turn = self._turn
        asked = moment.question > 0
        if not (asked or just_heard or isinstance(command, Hold | Talk)):
            return None
        match turn:
            case Silence() if asked:
                self._next += 1
            case Talks(seconds) if isinstance(command, Record):
                self._next += 1
                return self._talk(seconds)
            case Says() | Mumbles() if not asked:
                return None
            case Keys() | Says() | Mumbles() | HangsUp():
                self._next += 1
                return _done(turn, in_good_time(command))
        return None

    def _talk(self, lasts: float) -> Reaction:
        """Talk, and then do what comes next, if it ends what is taken down."""
        match self._turn:
            case Keys(keys, None):
                self._next += 1
                return far_end.Talks(lasts, PAUSE, then=keys)
            case HangsUp():
                self._next += 1
                return far_end.Talks(lasts, PAUSE, hangs_up=True)
        return far_end.Talks(lasts, PAUSE)

    def _hear(self, spoken: tuple[Spoken, ...]) -> bool:
        advanced = False
        for one in spoken:
            turn = self._turn
            if isinstance(turn, Hears) and is_heard(turn, one, self._names):
                self._next += 1
                advanced = True
        return advanced


def _done(turn: Keys | Says | Mumbles | HangsUp, in_time: float) -> Reaction:
    match turn:
        case Keys(keys, after):
            return Press(keys, in_time if after is None else after)
        case Says(text, after, confidence):
            return far_end.Say(text, in_time if after is None else after, confidence)
        case Mumbles():
            return far_end.Mumble(in_time)
        case HangsUp(after):
            return HangUp(after)


def is_heard(turn: Hears, spoken: Spoken, names: Names) -> bool:
    """Whether `spoken` is what the line of the test says."""
    return turn.what == names.of(spoken) if turn.is_name else turn.what in spoken.text


def in_good_time(command: Command) -> float:
    """When a caller who is in no hurry presses a key, in seconds from the command's beginning."""
    length = sum(map(seconds, heard_in(command)))
    return min(PAUSE, length / 2) if isinstance(command, Play) else length + PAUSE
