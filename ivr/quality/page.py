"""What does a recording look like? One HTML file: both sides' sound, who said what, what was found.

It holds no sound and fetches nothing, so that it can be opened anywhere and plays nothing to anyone.
What callers said is text from outside: the template escapes everything, and the page forbids scripts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from recordings.catalogue import Recording
from recordings.review import Review
from recordings.sound import RATE, Samples
from recordings.transcript import Speaker

WIDE, LANE = 1200, 110  # of the picture and of a side in it, in its own units
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600)  # seconds between two marks of time
_MARKS = 15  # at most


def _printable(value: Any) -> Any:
    """Text without control characters, which no XML may hold, and without turns of direction."""
    if not isinstance(value, str):
        return value
    return "".join(one if one.isprintable() or one.isspace() else "\ufffd" for one in value)


_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_printable,
)


@dataclass(frozen=True, slots=True)
class Lane:
    """One side in the picture: its name, its upper edge, and the outline of its sound."""

    side: Speaker
    top: int
    outline: str


def page(recording: Recording, review: Review, sides: tuple[Samples, Samples], zone: tzinfo) -> str:
    """The page of a talk, from its review and its samples (caller, agent)."""
    lasts = max(review.measures.seconds, 1 / RATE)
    loudest = max(1, *(int(np.abs(side.astype(np.int32)).max(initial=0)) for side in sides))
    speakers: tuple[Speaker, Speaker] = ("caller", "agent")
    lanes = [
        Lane(name, place * LANE, _outline(side, round(lasts * RATE), loudest, place * LANE))
        for place, (name, side) in enumerate(zip(speakers, sides, strict=True))
    ]
    return _templates.get_template("page.html.j2").render(
        recording=recording,
        review=review,
        began=recording.at.astimezone(zone),
        lanes=lanes,
        names={"caller": "caller", "agent": "hotline" if recording.kind == "ivr" else "agent"},
        wide=WIDE,
        lane=LANE,
        marks=_marks(lasts),
        at=lambda second: round(WIDE * min(max(second, 0.0), lasts) / lasts, 1),
        clock=_clock,
        tops={lane.side: lane.top for lane in lanes},
    )


def _outline(samples: Samples, whole: int, loudest: int, top: int) -> str:
    """An SVG path around the peaks of a side; the square root shows quiet voices, too."""
    padded = np.pad(np.abs(samples.astype(np.int32)), (0, max(0, whole - len(samples))))
    edges = np.linspace(0, len(padded), WIDE + 1).astype(int)[:-1]
    peaks = np.maximum.reduceat(padded, np.minimum(edges, len(padded) - 1))
    heights = np.sqrt(peaks / loudest) * (LANE / 2 - 8)
    middle = top + LANE / 2
    upper = [f"{x},{middle - height:.1f}" for x, height in enumerate(heights)]
    lower = [f"{x},{middle + height:.1f}" for x, height in enumerate(heights)]
    return f"M{' L'.join([*upper, *reversed(lower)])}Z"


def _marks(lasts: float) -> Sequence[int]:
    step = next((one for one in _STEPS if lasts / one <= _MARKS), 1800)
    return range(0, int(lasts) + 1, step)


def _clock(second: float) -> str:
    return f"{int(second) // 60}:{int(second) % 60:02d}"
