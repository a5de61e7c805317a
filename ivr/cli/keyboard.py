"""The caller of a simulated call who sits at the terminal: hears by reading, keys and speaks by
typing."""

import re
from collections.abc import Callable
from datetime import datetime

from rich.console import Console
from rich.text import Text

from ivr.cli.outside import outside
from ivr.flow.hotline import Hotline, Place
from ivr.flow.turns import Answered, HangsUp, Hears, Keys, Mumbles, Says, Silence, Talks, Turn
from ivr.line import far_end
from ivr.line.commands import ALL_KEYS, Command, Hold, Listen, Play, Record, Spoken, Talk
from ivr.line.far_end import HangUp, Moment, Press, Reaction
from ivr.record import CallEvent
from ivr.story import tell
from ivr.trial.dialogue import Names, heard_in, in_good_time

_LENGTH = re.compile(r"([1-9]\d{0,2})\s*s")
UNCLEAR = "?"
"""Typed for a sound in which no words can be heard."""

_SHOWN_AS_HEARD = frozenset({"said", "arrived"})  # events that only repeat what is shown anyway


class Keyboard:
    """A `FarEnd` that asks the person at the terminal what to do, and keeps it in `turns`.

    The call stands still meanwhile: asking blocks the loop, whose clock is a virtual one. `now`
    tells the time in the hall; with `why` the reasons for every agent are shown.
    """

    def __init__(
        self,
        hotline: Hotline,
        names: Names,
        now: Callable[[], datetime],
        console: Console,
        *,
        why: bool = False,
    ) -> None:
        self.turns: list[Turn] = []
        self._hotline = hotline
        self._names = names
        self._now = now
        self._began = now()
        self._console = console
        self._why = why
        self._place: Place | None = None

    def happened(self, event: CallEvent) -> None:
        """Show an event of the call's record."""
        if event.kind == "step":
            self._place = Place(str(event.data["flow"]), str(event.data["step"]))
        if event.kind in _SHOWN_AS_HEARD:
            return
        told = tell(event)
        self._show(outside(told.text, "dim"))
        reasons = told.reasons
        if not self._why:
            reasons = tuple(reason for reason in told.reasons if "is offered the call" in reason)
        for reason in reasons:
            self._show(outside(f"· {reason}", "dim"))
        if hidden := len(told.reasons) - len(reasons):
            self._show(Text(f"· {hidden} other agents; --why says why not", "dim"))

    def react(self, moment: Moment) -> Reaction | None:
        """See `ivr.line.far_end.FarEnd`."""
        command = moment.command
        for spoken in heard_in(command):
            self._hear(spoken)
        question = self._question(command)
        if question is None:
            return None
        while True:
            typed = self._ask(question)
            if typed and isinstance(command, Talk):
                self.turns.append(Answered())
            if typed == "h":
                self.turns.append(HangsUp())
                return HangUp(HangsUp().after)
            if not typed:
                if isinstance(command, Listen | Record):
                    self.turns.append(Silence())
                return None
            if not typed.strip(ALL_KEYS):
                self.turns.append(Keys(typed))
                return Press(typed, in_good_time(command))
            if isinstance(command, Record) and (length := _LENGTH.fullmatch(typed)):
                self.turns.append(Talks(float(length[1])))
                return far_end.Talks(float(length[1]))
            reaction = self._said(command, typed)
            if reaction is not None:
                return reaction
            self._console.print("Keys are 0 to 9, * and #; h hangs up; Enter alone does nothing.")

    def _said(self, command: Command, typed: str) -> Reaction | None:
        """What is typed and no key is said, where the caller is listened to."""
        if not isinstance(command, Listen) or command.speech is None:
            return None
        if typed == UNCLEAR:
            self.turns.append(Mumbles())
            return far_end.Mumble(in_good_time(command))
        self.turns.append(Says(typed))
        return far_end.Say(typed, in_good_time(command))

    def _hear(self, spoken: Spoken) -> None:
        if spoken.recording is not None:
            self._show(Text("» ", "bold"), Text("what the caller has just said", "dim"))
            return
        name = self._names.of(spoken)
        self._show(Text("» ", "bold").append_text(outside(spoken.text)), self._about(spoken, name))
        self.turns.append(Hears(name or spoken.text))

    @staticmethod
    def _about(spoken: Spoken, name: str | None) -> Text:
        slow = ", slowly" if spoken.slow else ""
        return Text(f"  ({name or 'made for this call'}, {spoken.language}{slow})", "dim")

    def _question(self, command: Command) -> str | None:
        """What to ask before time goes on; None where a caller can do nothing."""
        match command:
            case Listen():
                words = "or say it   " if command.speech is not None else ""
                return f"{self._hint()}{words}Enter: say nothing"
            case Record():
                return "10s: talk for so long   #: done   0: a human   Enter: say nothing"
            case Play(interrupt=keys) if keys:
                return "Enter: listen to the end"
            case Hold():
                return "Enter: wait on"
            case Talk():
                return "Enter: talk until the other side hangs up"
        return None

    def _hint(self) -> str:
        if self._place is None:
            return ""
        step = self._hotline.step(self._place)
        choices = [e for e in step.exits() if e.loc[0] == "choices"]
        keys = [f"{exit_.loc[1]}: {exit_.target}" for exit_ in choices]
        if (digits := getattr(step, "digits", None)) is not None:
            least, most = digits
            keys.append(f"{least} digits" if least == most else f"{least} to {most} digits, then #")
        return "   ".join([*keys, "0: a human", ""])

    def _ask(self, question: str) -> str:
        self._console.print(Text(f"       {question}   h: hang up", "cyan"), soft_wrap=True)
        try:
            return self._console.input("     > ").strip()
        except EOFError:
            return "h"

    def _show(self, *what: Text) -> None:
        passed = int((self._now() - self._began).total_seconds())
        clock = Text(f"{passed // 60:02d}:{passed % 60:02d}  ", "dim")
        self._console.print(clock, *what, sep="", soft_wrap=True)
