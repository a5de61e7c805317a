"""How is the caller talked to, and which keys are obeyed whatever is being said?"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import get_args

from ivr.caller import Caller
from ivr.flow.expression import Value
from ivr.flow.fields import ANYTHING, Interrupt
from ivr.flow.global_keys import BackWanted, Command, HumanWanted
from ivr.flow.hotline import Hotline
from ivr.flow.monitoring import Monitoring
from ivr.flow.sayable import Said, Sayable
from ivr.flow.serving import House
from ivr.flow.step import SLOW_PATIENCE
from ivr.flow.understanding import Understanding
from ivr.line.commands import (
    ALL_KEYS,
    HUMAN_KEY,
    Hangup,
    Keyed,
    Listen,
    Play,
    Played,
    Silence,
    Speech,
    Spoken,
    Unclear,
    Utterance,
)
from ivr.line.line import Line

WORD_COMMANDS: Mapping[str | None, Command] = {command: command for command in get_args(Command)}
MOST_REPEATS = 5  # times a prompt is said again in a row; a stuck key must not keep a call for ever


class Talking(Understanding):
    """The part of a `Conversation` that says and listens."""

    def __init__(self, line: Line, hotline: Hotline, caller: Caller, house: House) -> None:
        super().__init__(hotline, caller, house)
        self.line = line
        self.monitoring = Monitoring(line, house, hotline.center.recordings.ivr)
        self._typed = ""  # a key that cut a prompt short and belongs to the next entry
        self._commands = hotline.center.commands.by_key()

    def word(self, name: str, extra: Mapping[str, Value] | None = None) -> Spoken | None:
        """The prompt `name` in the caller's language; a prompt that is nowhere is noted."""
        spoken = self.hotline.wording.spoken(
            name,
            self.language,
            self.facts,
            announced=extra or {},
            slow=self.slow,
            dialects=self.caller.profile.languages if self.caller.profile is not None else (),
        )
        if spoken is None:
            self.house.trouble(f'the prompt "{name}" has no text in any language')
        return spoken

    async def say(self, *names: str, interrupt: bool = True) -> None:
        """Say prompts in a row. Raises `HumanWanted` at the human key.

        The commands on * and # are obeyed at once; other keys belong to the next entry, and skip
        what is left but for the prompts that may not be cut short.
        """
        wording, step = self.hotline.wording, Interrupt(interrupt, interrupt)
        for by_key, some in groupby(names, lambda name: wording.interrupt(name, step).by_key):
            await self._say(tuple(some), ALL_KEYS if by_key else "")

    async def _say(self, names: Sequence[str], keys: str) -> None:
        """Say prompts in a row, all of which `keys` cut short."""
        for _ in range(MOST_REPEATS + 1):
            spoken = tuple(s for name in names if (s := self.word(name)) is not None)
            if not spoken or (self._typed and keys):
                return  # somebody who types ahead has heard it before
            for one in spoken:
                self.note("said", prompt=one.name or ", ".join(names), language=one.language)
            outcome = await self.line.perform(Play(spoken, keys))
            assert isinstance(outcome, Played)
            if outcome.stopped_by is None:
                return
            key = outcome.stopped_by
            if key == HUMAN_KEY:
                self.note("heard", keys=HUMAN_KEY)
                raise HumanWanted
            if key not in self._commands or key.isdigit():
                self._typed = key
                return
            self._obey(key, names[0])

    async def listen(
        self,
        prompt: str,
        *,
        most: int,
        patience: float,
        own: str,
        between: float = 3.0,
        secret: bool = False,
        says: Sayable | None = None,
        interrupt: Interrupt = ANYTHING,
    ) -> Keyed | Silence | Said | Unclear:
        """Say a prompt and take keys, or what the step `says` may be said.

        `own` are the keys answers begin with. Commands on other keys are obeyed, and so are the
        words for them, and the prompt is said again. Raises `HumanWanted` when the human key comes
        alone or a human is asked for, `BackWanted` at the command to go back. `interrupt` is what
        the step lets cut the prompt short; the prompt may allow less.
        """
        self._remembered = None
        interrupt = self.hotline.wording.interrupt(prompt, interrupt)
        commands = "".join(key for key in self._commands if key not in own)
        speech = None if secret or says is None else self._speech(says, interrupt)
        for _ in range(MOST_REPEATS + 1):
            outcome = await self._listen(
                prompt, most, patience, own, between, secret, commands, speech, interrupt
            )
            match outcome:
                case Silence():
                    self.note("silence")
                    return outcome
                case Unclear(cause):
                    self.note("unclear", cause=cause)
                    return outcome
                case Utterance():
                    assert says is not None
                    answer = self._take(outcome, says)
                    if not isinstance(answer, Said) or answer.meaning not in WORD_COMMANDS:
                        return answer
                    self._do(WORD_COMMANDS[answer.meaning], prompt)
                    speech = self._speech(says, interrupt)
                    continue
            keys = outcome.keys
            if keys == HUMAN_KEY:
                self.note("heard", keys=HUMAN_KEY)
                raise HumanWanted
            if len(keys) > 1 or keys not in commands:
                break
            self._obey(keys, prompt)
            if speech is not None and says is not None:
                speech = self._speech(says, interrupt)
        if not isinstance(outcome, Keyed):  # somebody who says "again" without end
            return Silence()
        if secret:
            self.note("heard", secret=True, count=len(keys))
        else:
            self.note("heard", keys=keys)
        return Keyed(keys)

    async def _listen(
        self,
        prompt: str,
        most: int,
        patience: float,
        own: str,
        between: float,
        secret: bool,
        commands: str,
        speech: Speech | None,
        interrupt: Interrupt,
    ) -> Keyed | Silence | Utterance | Unclear:
        spoken = self.word(prompt)
        self.note("said", prompt=prompt, language=spoken.language if spoken else self.language)
        typed, self._typed = self._typed, ""
        outcome = await self.line.perform(
            Listen(
                (spoken,) if spoken is not None else (),
                most=most,
                patience=patience * (SLOW_PATIENCE if self.slow else 1.0),
                between=between * (SLOW_PATIENCE if self.slow else 1.0),
                end_key="" if "#" in own else "#",
                interrupt=ALL_KEYS if interrupt.by_key else HUMAN_KEY,
                secret=secret,
                typed=typed,
                alone=commands,
                speech=speech,
            )
        )
        assert isinstance(outcome, Keyed | Silence | Utterance | Unclear)
        return outcome

    def _obey(self, key: str, prompt: str) -> None:
        """Do what a key means everywhere, before the prompt is said again."""
        self.note("heard", keys=key)
        self._do(self._commands[key], prompt)

    def _do(self, command: Command, prompt: str) -> None:
        self.note("command", command=command)
        match command:
            case "back":
                raise BackWanted
            case "slower":
                self.slow = True
            case "language":
                self.speak(self._next_language(prompt))
            case "repeat":
                pass

    def _next_language(self, prompt: str) -> str:
        """The language after this one, of those the hotline offers and the prompt exists in.

        After what was heard changed it, it is first the one before: perhaps it was heard wrongly.
        """
        texts = self.hotline.wording.texts
        served = self.hotline.center.center.languages
        offered = [language for language in served if prompt in texts.get(language, ())]
        if self._left in offered:
            return self._left
        if self.language not in offered:
            return offered[0] if offered else self.language
        return offered[(offered.index(self.language) + 1) % len(offered)]

    async def hang_up(self) -> None:
        """End the call."""
        await self.line.perform(Hangup())
