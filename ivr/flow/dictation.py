"""What do all steps have in common that take down what the caller says?"""

from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator

from ivr.flow.box import Kept, TooShort
from ivr.flow.conversation import Conversation
from ivr.flow.fields import Name, Names, Seconds, YesNo, wrong
from ivr.flow.outside import Failed
from ivr.flow.step import Mention, Pace, Step, attempts, mentions
from ivr.line.commands import Keyed

LONGEST = 300.0  # seconds; who has more to say wants a human
AGAIN = "2"
MOST_AGAIN = 3  # times it can be said anew, so that nobody does for ever
REVIEW = 6.0  # seconds for the key that keeps it; silence keeps it too


def _at_most(value: float) -> float:
    if not 1 <= value <= LONGEST:
        raise wrong(f"a time from 1s to {LONGEST / 60:.0f} min", f"{value:g}s")
    return value


def _pause(value: float) -> float:
    if not 1 <= value <= 20:
        raise wrong("a time from 1s to 20s", f"{value:g}s")
    return value


class Dictation(Step):
    """Says a prompt and takes down what is said after the tone."""

    no_input: Names = ()
    most: Annotated[Seconds, AfterValidator(_at_most)] = 120.0
    silence: Annotated[Seconds, AfterValidator(_pause)] = 5.0
    at_least: Seconds = 2.0
    review: Name | None = None
    play_back: YesNo = False

    @property
    @abstractmethod
    def prompt(self) -> str:
        """What asks for it."""

    async def take_down(
        self,
        talk: Conversation,
        kind: Literal["message", "recording"],
        queue: str | None = None,
        notify: str | None = None,
    ) -> Kept | TooShort | Failed:
        """Have the caller speak, and keep it, however that ends: most hang up when they are done."""
        file = talk.house.message_file()
        if file is None:
            talk.house.trouble("there is no room for what callers say: is the disk full?")
            return Failed("there is no room for it")
        try:
            await self._hear_out(talk, file)
        finally:
            result = await talk.keep_message(file, kind, self.at_least, queue, notify)
        return result

    async def _hear_out(self, talk: Conversation, file: Path) -> None:
        for prompt in (self.prompt, *self.no_input):
            recorded = await talk.record(prompt, file, self.most, self.silence)
            if recorded.seconds >= self.at_least:
                break
        else:
            return
        if self.review is None:
            return
        for _ in range(MOST_AGAIN):
            if self.play_back:
                await talk.play_back(file)
            outcome = await talk.listen(self.review, most=1, patience=REVIEW, own="1" + AGAIN)
            if outcome != Keyed(AGAIN):
                return
            await talk.record(self.prompt, file, self.most, self.silence)

    def prompts(self) -> Iterator[Mention]:
        yield Mention((self.kind,), self.prompt)
        yield from mentions("no_input", self.no_input)
        if self.review is not None:
            yield Mention(("review",), self.review)

    def longest(self, pace: Pace) -> float:
        silent = attempts(pace, (self.prompt, *self.no_input), self.silence)
        if self.review is None:
            return silent
        return silent + attempts(pace, (self.review,), REVIEW)
