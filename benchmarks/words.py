"""How many seconds does a caller save who says what is needed, instead of pressing through menus?

Calls in virtual time, so the figures are the same on every machine: prompts take as long as
announcers read them (`ivr/line/speech_length.py`), callers answer a second after a question has
been asked, and nobody barges in. The keys are those of the menu that is heard where nothing is
recognized.
"""

from dataclasses import dataclass
from statistics import median

from rich.console import Console

from benchmarks import machine
from benchmarks.report import Claim, Report
from ivr import resources
from ivr.flow.calls import cases_of
from ivr.flow.hotline import Hotline
from ivr.flow.load import load
from ivr.flow.source import parse
from ivr.trial.case import try_cases


@dataclass(frozen=True, slots=True)
class Errand:
    """What somebody rings for: in words, by keys, and who must get the call."""

    what: str
    words: str
    keys: tuple[str, ...]
    queue: str


ERRANDS = (
    Errand("a lost card", "我的卡丢了", ("1",), "cards"),
    Errand("a statement", "查明细", ("2", "2"), "accounts"),
    Errand("a change of details", "修改个人资料", ("2", "3"), "accounts"),
    Errand("a transfer", "我要转账", ("3", "1"), "accounts"),
    Errand("money that has not arrived", "转的钱还没到", ("3", "2"), "accounts"),
    Errand("fraud", "我被骗了", ("3", "3"), "cards"),
)


def run(quick: bool, console: Console) -> Report:
    """The benchmark. It is as quick as can be anyway."""
    hotline = load(resources.flows())
    spoken = [_seconds(hotline, one, [f"says: {one.words}"], "") for one in ERRANDS]
    keyed = [
        _seconds(hotline, one, [f'key: "{key}"' for key in one.keys], "hears: none")
        for one in ERRANDS
    ]
    saved = [by_key - in_words for by_key, in_words in zip(keyed, spoken, strict=True)]
    rows = [
        (one.what, f"{in_words:.1f}", f"{by_key:.1f}", f"{less:.1f}")
        for one, in_words, by_key, less in zip(ERRANDS, spoken, keyed, saved, strict=True)
    ]
    middle = median(saved)
    return Report(
        "words",
        "Seconds from the call's arrival until it stands in the right queue, in words and by keys",
        "Simulated calls of a known Chinese-speaking customer through the hotline we ship; each must "
        "come to the queue it is meant for.",
        ("errand", "in words", "by keys", "saved"),
        (*rows, ("median", "", "", f"{middle:.1f}")),
        (Claim("Words are never slower than keys.", min(saved) >= 0),),
        machine.facts(),
        {"spoken": spoken, "keyed": keyed, "saved": saved},
    )


def _seconds(hotline: Hotline, errand: Errand, turns: list[str], more: str) -> float:
    talk = ", ".join(turns)
    text = (
        f"calls:\n  - call: {errand.what}\n    caller: {{languages: [zh]}}\n    talk: [{talk}]\n"
        f"    ends: {{queue: {errand.queue}}}\n    {more}\n"
    )
    [tried] = try_cases(hotline, cases_of(parse(text, "errand.calls.yaml"), hotline))
    if tried.problems:
        raise AssertionError("\n".join(map(str, tried.problems)))
    events = tried.trial.events
    waits = next(event for event in events if event.kind == "waiting")
    return (waits.at - events[0].at).total_seconds()
