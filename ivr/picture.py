"""What does a flow look like? A picture for people, laid out by Graphviz.

Every step is a box with its name, its kind and what it says; every way from one step to another is
an arrow with the key, condition or trouble that leads there. Where calls are counted, boxes and
arrows carry how many came through.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import groupby, pairwise
from pathlib import Path

import graphviz
from rich.cells import cell_len

from ivr.errors import BadInput
from ivr.flow.hotline import Flow, Hotline, Place
from ivr.flow.step import Exit, Step
from ivr.flow.steps.share import Share
from ivr.record import CallEvent

FORMATS = ("svg", "pdf", "png")
LINE, LINES = 30, 3  # cells a line and lines of a prompt that are shown
FONT = 11.0  # points
CELL = FONT * 0.56 / 72  # inches of one cell; a Chinese character has two
# Names of several systems' fonts, so that Chinese, Japanese and Korean are readable on all of them.
FONTS = (
    "Helvetica,Arial,Noto Sans CJK SC,Source Han Sans SC,Microsoft YaHei,PingFang SC,"
    "WenQuanYi Micro Hei,sans-serif"
)
COLOURS = {  # by kind of step; others are white
    "menu": "#dbe9f9",
    "ask": "#dbe9f9",
    "queue": "#d8f0d8",
    "transfer": "#d8f0d8",
    "hangup": "#e4e4e4",
    "branch": "#fdf2d0",
    "hours": "#fdf2d0",
}
ELSEWHERE = "#f7f7f7"
TROUBLE = frozenset({"gave_up", "closed", "unstaffed"})  # ways that are drawn dashed
_WORD = re.compile(r"[!-~]+|\s+|.[，。、！？：；”）]*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many calls took each step, and each way from one step to the next."""

    steps: Counter[str] = field(default_factory=Counter)
    ways: Counter[tuple[str, str]] = field(default_factory=Counter)


def count(steps: Iterable[CallEvent]) -> Counts:
    """Count the "step" events of calls, given call by call and in order."""
    counts = Counts()
    for _, events in groupby(steps, key=lambda event: event.call_id):
        names = [f"{event.data['flow']}.{event.data['step']}" for event in events]
        counts.steps.update(set(names))
        counts.ways.update(set(pairwise(names)))
    return counts


def draw(hotline: Hotline, flows: Iterable[str], path: Path, counts: Counts | None = None) -> None:
    """Draw the flows of these names into `path`; its ending is the format.

    Raises `BadInput` for a format that is not one of `FORMATS`, and where Graphviz is missing.
    """
    form = path.suffix.lstrip(".").lower()
    if form not in FORMATS:
        raise BadInput(
            f"{path} does not end like a picture; expected one of .{', .'.join(FORMATS)}"
        )
    picture = dot(hotline, tuple(flows), counts)
    try:
        path.write_bytes(picture.pipe(format=form))
    except graphviz.ExecutableNotFound:
        raise BadInput(
            "pictures are drawn by Graphviz, whose program dot was not found; install it with "
            "`apt-get install graphviz` or from https://graphviz.org"
        ) from None
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}") from None


def dot(hotline: Hotline, flows: tuple[str, ...], counts: Counts | None = None) -> graphviz.Digraph:
    """The flows in Graphviz's own language."""
    picture = graphviz.Digraph(
        "hotline",
        graph_attr={"rankdir": "TB", "fontname": FONTS, "ranksep": "0.45", "charset": "UTF-8"},
        node_attr={
            "fontname": FONTS,
            "fontsize": f"{FONT:g}",
            "shape": "box",
            "style": "rounded,filled",
            "fillcolor": "white",
            "color": "#555555",
        },
        edge_attr={"fontname": FONTS, "fontsize": f"{FONT - 1:g}", "color": "#555555"},
    )
    outside: dict[str, None] = {}
    for name in flows:
        flow = hotline.flows[name]
        with picture.subgraph(name=f"cluster_{name}") as inner:
            inner.attr(label=f"{flow.name}: {flow.about}" if flow.about else flow.name)
            inner.attr(color="#bbbbbb", style="rounded")
            for step_name, step in flow.steps.items():
                _draw_step(inner, hotline, flow, step_name, step, counts)
        for step_name, step in flow.steps.items():
            for to in _draw_ways(picture, hotline, Place(name, step_name), step, counts):
                if to.flow not in flows:
                    outside[str(to)] = None
    for place in outside:
        picture.node(place, _label([place], []), fillcolor=ELSEWHERE, style="rounded,filled,dashed")
    return picture


def _draw_step(
    picture: graphviz.Digraph,
    hotline: Hotline,
    flow: Flow,
    name: str,
    step: Step,
    counts: Counts | None,
) -> None:
    place = f"{flow.name}.{name}"
    heading = f"{name}  ({step.kind})"
    told = [f"{counts.steps[place]} calls"] if counts is not None else []
    said = next((line for line in _said(hotline, step)), [])
    widest = max(map(cell_len, [heading, *told, *said]))
    picture.node(
        place,
        _label([heading, *told], said),
        fillcolor=COLOURS.get(step.kind, "white"),
        width=f"{widest * CELL + 0.25:.2f}",
        penwidth="2.5" if name == flow.start else "1",
    )


def _draw_ways(
    picture: graphviz.Digraph, hotline: Hotline, place: Place, step: Step, counts: Counts | None
) -> Iterator[Place]:
    """Draw one arrow for each place a step leads to; yield the places."""
    ways: dict[Place, list[Exit]] = {}
    for exit_ in [*step.exits(), *_of_queues(hotline, step)]:
        to = hotline.place(exit_.target, place.flow)
        if to is not None:
            ways.setdefault(to, []).append(exit_)
    for to, exits in ways.items():
        lines = [line for exit_ in exits for line in _wrapped(_named(step, exit_))]
        attributes = {"label": "\n".join(map(graphviz.escape, lines))}
        if all(exit_.way in TROUBLE for exit_ in exits):
            attributes["style"] = "dashed"
        if counts is not None:
            many = counts.ways[str(place), str(to)]
            attributes["xlabel" if not lines else "label"] = "\n".join(
                [*map(graphviz.escape, lines), f"{many}×"]
            )
            attributes["penwidth"] = f"{1 + min(5.0, many**0.5 / 5):.1f}"
        picture.edge(str(place), str(to), **attributes)
        yield to


def _of_queues(hotline: Hotline, step: Step) -> Iterator[Exit]:
    own = {exit_.way for exit_ in step.exits()}
    for mention in step.queues():
        queue = hotline.center.queues[mention.name]
        if queue.closed is not None and "closed" not in own:
            yield Exit(("closed",), queue.closed, "closed")
        if queue.unstaffed is not None and "unstaffed" not in own:
            yield Exit(("unstaffed",), queue.unstaffed, "unstaffed")


def _named(step: Step, exit_: Exit) -> str:
    """What leads a call through an exit, in a word: a key, a condition, the field's name."""
    for used in step.expressions():
        if len(exit_.loc) > 1 and used.loc[:2] == exit_.loc[:2]:
            return used.expression.text
    if isinstance(step, Share):
        return f"{step.share[int(exit_.loc[1])].share}%"
    last = str(exit_.loc[-1])
    return "" if last in ("next", "goto") else last


def _said(hotline: Hotline, step: Step) -> Iterator[list[str]]:
    """The first prompt of a step, in lines; nothing where it says none."""
    wording = hotline.wording
    for mention in step.prompts():
        language = wording.language_for(mention.name, wording.default)
        if language is not None:
            yield _wrapped(wording.texts[language][mention.name].text)


def _wrapped(text: str) -> list[str]:
    """Text in lines of at most `LINE` cells; what is too much for `LINES` of them is cut."""
    lines = [""]
    for word in _WORD.findall(text):
        if cell_len(lines[-1] + word.rstrip()) > LINE and lines[-1]:
            lines.append("")
        lines[-1] += word if lines[-1] or not word.isspace() else ""
    lines = [line.rstrip() for line in lines if line.strip()]
    return lines if len(lines) <= LINES else [*lines[: LINES - 1], lines[LINES - 1] + "…"]


def _label(heading: list[str], said: list[str]) -> str:
    """Graphviz's HTML-like label: the name bold, what is said smaller below it."""
    bold = "<BR/>".join(f"<B>{escape(line)}</B>" for line in heading)
    below = "".join(f'<BR/><FONT POINT-SIZE="10">{escape(line)}</FONT>' for line in said)
    return f"<{bold}{below}>"
