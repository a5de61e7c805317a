"""Who calls in the demo, what they do, and what must come of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ivr.agent import AgentAccount
from ivr.caller import Profile
from ivr.record import CallRecord
from tests.speech.sounds import CLIPS

AGENTS = (
    AgentAccount("ana", "Ana", "zh", {"zh": 5, "senior_care": 4}),
    AgentAccount("boris", "Boris", "ru", {"ru": 5}),
    AgentAccount("eve", "Eve", "en", {"en": 5, "cards": 4}),
    AgentAccount("min", "Min", "ko", {"ko": 5}),
    AgentAccount("chen", "Chen", "zh", {"zh": 5, "cards": 4, "accounts": 4}),
    AgentAccount("li", "Li", "zh", {"zh": 5}),
    AgentAccount("wang", "Wang", "zh", {"zh": 4}),
)

CHINESE = ("ana", "chen", "li", "wang")

CALLERS = (
    Profile(
        "+8613911110072", "王秀兰", date(1954, 3, 12), ("zh",), notes="hears badly on the left"
    ),
    Profile("+79161234567", "Иван Петров", date(1985, 5, 2), ("ru", "en")),
    Profile("+8613522220035", "陈明", date(1991, 8, 30), ("zh",), "gold"),
    Profile("+8613733330041", "刘洋", date(1985, 2, 14), ("zh",)),
    Profile("+8613644440029", "赵磊", date(1997, 11, 5), ("zh",)),
    Profile("+79037654321", "Ольга Орлова", date(1990, 1, 9), ("ru",)),
)

Judge = Callable[[CallRecord], list[str]]
"""What is wrong with how a call came out; nothing if it is as it must be."""


@dataclass(frozen=True, slots=True)
class Press:
    """`keys`, `after` seconds into the call."""

    keys: str
    after: float


@dataclass(frozen=True, slots=True)
class Say:
    """What a recording of a caller says in `language`, begun `after` seconds into the call."""

    clip: Path
    language: str
    after: float


@dataclass(frozen=True, slots=True)
class Scene:
    """One call of the demo. `begins` is seconds after the curtain; the caller hangs up `leaves`
    seconds after the answer. `tone` (Hz) is the caller's voice, to be found in what the agent heard;
    who `says` something hums only afterwards."""

    title: str
    number: str
    judge: Judge
    presses: tuple[Press, ...] = ()
    says: Say | None = None
    withheld: bool = False
    tone: int = 0
    begins: float = 0.0
    leaves: float | None = None


def must(
    outcome: str = "answered",
    agent: tuple[str, ...] = (),
    straight: bool = False,
    language: str | None = None,
    passes: tuple[str, ...] = (),
) -> Judge:
    """A judge: the outcome; one of these agents; no menu and no key; the language; steps passed."""

    def judge(record: CallRecord) -> list[str]:
        summary = record.summary
        steps = [f"{e.data['flow']}.{e.data['step']}" for e in record.events if e.kind == "step"]
        kinds = {event.kind for event in record.events}
        wrong = []
        if summary.outcome != outcome:
            wrong.append(f"the outcome is {summary.outcome}, not {outcome}")
        if agent and summary.agent not in agent:
            wrong.append(f"{summary.agent or 'nobody'} answered, not {' or '.join(agent)}")
        if straight and (steps or kinds & {"heard", "silence"}):
            wrong.append(f"it was not straight to a human: {', '.join(steps)}")
        if language and summary.language != language:
            wrong.append(f"the language is {summary.language}, not {language}")
        wrong += [f"it did not pass {step}" for step in passes if step not in steps]
        if "trouble" in kinds:
            wrong.append("something went wrong on the way")
        return wrong

    return judge


SCENES = (
    Scene(
        "a 72-year-old known by number",
        "13911110072",
        must(agent=("ana",), straight=True, language="zh"),
        tone=1070,
    ),
    Scene(
        "a caller from Denmark, not in the store",
        "+4533123456",
        must(agent=("eve",), straight=True, language="en"),
        tone=1140,
    ),
    Scene(
        "a known Russian-speaking customer",
        "+79161234567",
        must(agent=("boris",), straight=True, language="ru"),
        tone=1210,
    ),
    Scene(
        "a working-age customer who presses through the menu",
        "13522220035",
        must(agent=("chen",), passes=("main.main_menu", "accounts.statement")),
        (Press("2", 3.0), Press("2", 6.0)),
        tone=1280,
    ),
    Scene(
        "one who presses nothing",
        "13733330041",
        must(agent=CHINESE, passes=("main.main_menu", "main.human")),
        tone=1350,
    ),
    Scene(
        "one who presses 0",
        "13644440029",
        must(agent=CHINESE, passes=("main.human",)),
        (Press("0", 2.5),),
        tone=1420,
    ),
    Scene(
        "one with a withheld number",
        "",
        must(agent=("chen",), passes=("card.lost",)),
        (Press("1", 3.5),),
        withheld=True,
        tone=1490,
    ),
    Scene(
        "one who hangs up in the queue",
        "+79037654321",
        must("abandoned", straight=True, language="ru"),
        begins=1.0,
        leaves=9.0,
        tone=1560,
    ),
    Scene(
        "one who is greeted in Chinese and asks for a human in Korean",
        "13511110077",
        must(agent=("min",), passes=("main.main_menu", "main.human")),
        says=Say(CLIPS / "ko-human.wav", "ko", 9.0),
        tone=1630,
    ),
    Scene(
        "one who is greeted in Chinese and reports a lost card in English words",
        "13511110078",
        must(agent=("eve",), passes=("main.main_menu", "card.lost")),
        says=Say(CLIPS / "en-card.wav", "en", 9.0),
        tone=1700,
    ),
)
