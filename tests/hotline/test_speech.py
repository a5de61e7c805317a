"""Callers who speak: recordings of callers, real recognizers, and a hotline of four steps."""

from pathlib import Path

import pytest
import yaml

from ivr import resources
from ivr.agent import AgentAccount
from ivr.flow.wording import SYSTEM_PROMPTS
from tests.hotline.day import Caller, Day
from tests.hotline.story import story
from tests.rig import sound
from tests.speech.sounds import CLIPS

pytestmark = pytest.mark.switch

FILES = {
    "center.yaml": """
center: {name: Bank, languages: [ko, en], entry: main, human: main.human}
skills: {ko: Korean, en: English}
queues: {general: {need: {language: caller.language}, unstaffed: main.bye}}
rules:
  - {name: elder, when: caller.age >= center.elder_age, queue: general}
  - {name: foreign, when: 'caller.language != "ko" && staffed(caller.language)', queue: general}
""",
    "main.yaml": """
flow: main
about: What is wanted, in words or by key.
start: help
steps:
  help: {menu: help, choices: {1: {to: lost, says: lost_card}}, any_language: yes, otherwise: human}
  lost: {say: lost, next: human}
  human: {queue: general, next: bye}
  bye: {hangup: bye}
""",
    "intents.ko.yaml": """
language: ko
intents: {lost_card: [카드를 잃어버렸어요, 카드 분실 신고를 하려고 합니다]}
words: {human: [상담원 연결해 주세요]}
""",
    "intents.en.yaml": """
language: en
intents: {lost_card: [I lost my card, report a stolen card]}
words: {human: [I want to talk to a person]}
""",
}
OWN = {"help": "?", "lost": "!", "bye": "."}
GREETING = 1500
"""Hertz: the question, of four seconds."""


def engine_s(prompts: dict[str, str]) -> dict[str, str]:
    """Those the engine itself needs."""
    return {name: text for name, text in prompts.items() if name in SYSTEM_PROMPTS}


def small(folder: Path) -> Path:
    """The hotline."""
    for name, text in FILES.items():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for language in ("ko", "en"):
        ours = yaml.safe_load((resources.flows() / f"prompts.{language}.yaml").read_text("utf-8"))
        said = {"language": language, "prompts": {**engine_s(ours["prompts"]), **OWN}}
        text = yaml.safe_dump(said, allow_unicode=True)
        (folder / f"prompts.{language}.yaml").write_text(text, encoding="utf-8")
        (folder / "audio" / language).mkdir(parents=True)
        for prompt, lasts in {"help": 4.0, "lost": 0.5, "bye": 0.5}.items():
            sound.write_tone(folder / "audio" / language / f"{prompt}.wav", GREETING, lasts)
    return folder


SPEECH = True
FLOWS = small
AGENTS = [AgentAccount(f"agent-{n}", f"Agent {n}", "ko", {"ko": 5, "en": 5}) for n in range(4)]


async def says(day: Day, number: str, clip: str) -> list[str]:
    """The way of a call in which this is said into the question: its steps, and who joined."""
    caller = await day.rings(number)
    await caller.leg.until_answered()
    await caller.leg.be_silent()
    await caller.leg.until_heard(GREETING)
    await caller.leg.speak(CLIPS / f"{clip}.wav")
    await day.until_joined(caller)
    return await steps(day, caller)


async def steps(day: Day, caller: Caller) -> list[str]:
    """The steps of a call, which ends now, and went well."""
    await caller.hang_up()
    events = (await day.record(caller)).events
    assert not [event for event in events if event.kind == "trouble"]
    return [str(event.data["step"]) for event in events if event.kind == "step"]


@story
async def test_a_card_is_reported_lost_in_words(day: Day) -> None:
    assert await says(day, "13955550001", "ko-card") == ["help", "lost", "human"]


@story
async def test_it_may_be_said_in_another_language(day: Day) -> None:
    assert await says(day, "13955550002", "en-card") == ["help", "lost", "human"]


@story
async def test_whoever_asks_for_a_human_talks_to_one(day: Day) -> None:
    assert await says(day, "13955550003", "ko-human") == ["help", "human"]


@story
async def test_keys_work_while_the_hotline_listens(day: Day) -> None:
    caller = await day.rings("13955550004")
    await caller.leg.until_answered()
    await caller.leg.be_silent()
    await caller.leg.until_heard(GREETING)
    await caller.press("1")
    await day.until_joined(caller)
    assert await steps(day, caller) == ["help", "lost", "human"]
