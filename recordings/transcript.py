"""What was said, by whom, when? Words with their times, as they are stored and searched."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Speaker = Literal["caller", "agent"]


@dataclass(frozen=True, slots=True)
class Word:
    """A word: `begin` and `end` in seconds from the beginning of the recording."""

    text: str
    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said without the other coming in between."""

    speaker: Speaker
    words: tuple[Word, ...]

    @property
    def begin(self) -> float:
        """When it begins."""
        return self.words[0].begin

    @property
    def end(self) -> float:
        """When it ends."""
        return self.words[-1].end

    @property
    def text(self) -> str:
        """The words with spaces between; recognizers of Chinese and Japanese divide by words too."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Transcript:
    """Both sides of a talk in `language`, in the order in which they began to speak."""

    language: str
    turns: tuple[Turn, ...]

    @classmethod
    def of(cls, language: str, caller: Iterable[Word], agent: Iterable[Word]) -> "Transcript":
        """Put the words of the two sides in order."""
        return cls(language, tuple(_turns(caller, agent)))

    def words(self, speaker: Speaker) -> Sequence[Word]:
        """What one side said."""
        return [word for turn in self.turns if turn.speaker == speaker for word in turn.words]

    def rate(self, speaker: Speaker) -> float | None:
        """How fast a side speaks: words a minute within its turns; None if it said nothing."""
        turns = [turn for turn in self.turns if turn.speaker == speaker]
        lasted = sum(turn.end - turn.begin for turn in turns)
        return 60 * sum(len(turn.words) for turn in turns) / lasted if lasted > 0 else None


def _turns(caller: Iterable[Word], agent: Iterable[Word]) -> Iterator[Turn]:
    sides: list[tuple[Speaker, Iterable[Word]]] = [("caller", caller), ("agent", agent)]
    spoken = sorted(
        ((word, speaker) for speaker, words in sides for word in words),
        key=lambda said: (said[0].begin, said[0].end, said[1]),
    )
    turn: list[Word] = []
    before: Speaker | None = None
    for word, speaker in spoken:
        if before is not None and speaker != before:
            yield Turn(before, tuple(turn))
            turn = []
        turn.append(word)
        before = speaker
    if before is not None:
        yield Turn(before, tuple(turn))
