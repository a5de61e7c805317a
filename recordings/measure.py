"""How did the two talk: who spoke when, over each other, how loud, and how soon?

All from samples at 8 kHz. Who speaks when is told by a voice activity detector that the caller of
`measure` gives; without words, nothing here depends on a language.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recordings.sound import RATE, Samples

WINDOW = 256  # samples: 32 ms, what the detector looks at
PAUSE = 0.3  # seconds; a shorter silence within somebody's speech is a breath, not a pause
BLIP = 0.1  # seconds; a shorter sound is no speech
AROUND = 0.25  # seconds before and after speech in which its first and last sounds may be
JOINED = 0.5  # seconds; what is parted by less is taken down together
_CLIPPED = (
    32_700  # of 32,767; µ-law's loudest value is 32,124, which many sets reach when shouted at
)

Spoken = npt.NDArray[np.bool_]
"""Whether there is voice, for each window."""
Detector = Callable[[Samples], Spoken]
Stretch = tuple[float, float]
"""From which second, for how many."""


@dataclass(frozen=True, slots=True)
class Side:
    """How one of the two talked.

    `share` is the part of the time in which this side spoke, `loudness` the level while it spoke
    (dBFS, RMS; None for somebody who said nothing), `clipped` the part of the samples at full scale.
    """

    share: float
    loudness: float | None
    clipped: float
    turns: int


@dataclass(frozen=True, slots=True)
class Measures:
    """How a talk went; times in seconds from its beginning.

    `talk_over` is the share of the time in which both spoke, `silence` that in which neither did.
    `longest_silence` is that in which nobody was on hold. `agent_first` is when the agent began to
    speak. `holds` are those of the switch's record: in them the agent's phone sent no sound.
    """

    seconds: float
    caller: Side
    agent: Side
    silence: float
    talk_over: float
    longest_silence: Stretch
    agent_first: float | None
    holds: tuple[Stretch, ...] = ()

    @property
    def held(self) -> float:
        """The seconds on hold, in all."""
        return sum(lasted for _, lasted in self.holds)


def measure(
    caller: Samples, agent: Samples, detect: Detector, holds: Sequence[Stretch] = ()
) -> Measures:
    """Measure a talk; the shorter side is taken as silent afterwards.

    `detect` is asked about the caller first, then about the agent.
    """
    length = max(len(caller), len(agent), 1)
    caller, agent = (np.pad(side, (0, length - len(side))) for side in (caller, agent))
    speaks = [smooth(detect(side)) for side in (caller, agent)]
    windows = max(map(len, speaks))
    his, hers = (np.pad(spoken, (0, windows - len(spoken))) for spoken in speaks)
    neither, both = ~(his | hers), his & hers
    begin, longest = _longest(neither & ~_marked(holds, windows))
    first = np.flatnonzero(hers)
    return Measures(
        seconds=length / RATE,
        caller=_side(caller, his),
        agent=_side(agent, hers),
        silence=_share(neither),
        talk_over=_share(both),
        longest_silence=(begin, longest),
        agent_first=float(first[0] * WINDOW / RATE) if len(first) else None,
        holds=tuple(holds),
    )


def stretches(spoken: Spoken) -> list[tuple[int, int]]:
    """From which sample to which there is something to be taken down, with a little around it."""
    around, found = round(AROUND * RATE), list[tuple[int, int]]()
    for begin, end in _runs(smooth(spoken)):
        since, until = max(0, begin * WINDOW - around), end * WINDOW + around
        if found and since - found[-1][1] < JOINED * RATE:
            since, _ = found.pop()
        found.append((since, until))
    return found


def smooth(spoken: Spoken) -> Spoken:
    """Speech without its breaths, and without sounds too short to be speech."""
    return _without_short(~_without_short(~spoken, PAUSE), BLIP)


def _without_short(marked: Spoken, shortest: float) -> Spoken:
    """Unmark runs shorter than `shortest` seconds, but for those at the two ends of a silence."""
    kept = marked.copy()
    for begin, end in _runs(marked):
        if (end - begin) * WINDOW / RATE < shortest:
            kept[begin:end] = False
    return kept


def _runs(marked: Spoken) -> list[tuple[int, int]]:
    """The (begin, end) of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marked, [False]]).astype(np.int8)))
    return [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]


def _marked(holds: Sequence[Stretch], windows: int) -> Spoken:
    """The windows that are within a hold."""
    marked = np.zeros(windows, np.bool_)
    for begin, lasted in holds:
        marked[int(begin * RATE / WINDOW) : int((begin + lasted) * RATE / WINDOW) + 1] = True
    return marked


def _longest(marked: Spoken) -> tuple[float, float]:
    """Where the longest run of True begins, and how long it is, in seconds."""
    runs = _runs(marked)
    if not runs:
        return 0.0, 0.0
    begin, end = max(runs, key=lambda run: run[1] - run[0])
    return begin * WINDOW / RATE, (end - begin) * WINDOW / RATE


def _share(marked: Spoken) -> float:
    return float(marked.mean()) if len(marked) else 0.0


def _side(samples: Samples, spoken: Spoken) -> Side:
    of_speech = np.repeat(spoken, WINDOW)[: len(samples)]
    voice = samples[: len(of_speech)][of_speech].astype(np.float64)
    power = float(np.mean(voice**2)) if len(voice) else 0.0
    return Side(
        share=_share(spoken),
        loudness=10 * float(np.log10(power / 2**30)) if power else None,
        clipped=float(np.mean(np.abs(samples.astype(np.int32)) >= _CLIPPED)),
        turns=len(_runs(spoken)),
    )
