"""Who hears no menu: callers known to be elderly, and callers of another language."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pytest
import pytest_asyncio

from ivr.agent import AgentAccount
from ivr.caller import Profile
from ivr.record import CallRecord
from tests.hotline.day import OF_THE_CALLER, Caller, Day, until_both_hear_each_other
from tests.hotline.flows import shipped
from tests.rig import sound
from tests.rig.leg import Leg
from tests.rig.phone import Answers

pytestmark = pytest.mark.switch

FLOWS = shipped
AGENTS = [
    AgentAccount("ana", "Ana", "zh", {"zh": 5, "senior_care": 4}),
    AgentAccount("boris", "Boris", "ru", {"ru": 5}),
    AgentAccount("chen", "Chen", "zh", {"zh": 5}),
    AgentAccount("eve", "Eve", "en", {"en": 5}),
    AgentAccount("yuki", "Yuki", "en", {"ja": 5, "senior_care": 3}),
]
CALLERS = [
    Profile("+8613911110072", "王秀兰", date(1954, 3, 12), ("zh",)),
    Profile("+79161234567", "Иван Петров", date(1985, 5, 2), ("ru", "en")),
    Profile("+81312345678", "佐藤花子", date(1950, 1, 1), ("ja",)),
]
PHONES = {agent.name: Answers(after=12.0) for agent in AGENTS}
"""They let it ring until the sentence has been said."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A call, what it must come to, and who ends it."""

    number: str
    agent: str
    language: str
    sentence: str
    whisper: tuple[str, str]
    """The prompt, and the agent's language."""
    reason: str
    ends: str = "agent"
    slow: bool = False


SCENES = {
    "a 72-year-old known by number": Scene(
        "13911110072", "ana", "zh", "straight_elder", ("whisper_elderly", "zh"),
        "caller.age is 72", slow=True,
    ),
    "a known Russian speaker": Scene(
        "+79161234567", "boris", "ru", "straight_foreign", ("whisper_language", "ru"),
        "caller.language is ru", "caller",
    ),
    "an unknown caller from Denmark": Scene(
        "+4533123456", "eve", "en", "straight_foreign", ("whisper_language", "en"),
        "caller.language is en", "caller",
    ),
    "a 76-year-old who speaks Japanese": Scene(
        "+81312345678", "yuki", "ja", "straight_elder", ("whisper_elderly", "en"),
        "caller.age is 76", slow=True,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Played:
    """A scene that is over; `heard_while_ringing` is for how long (s) the caller's phone rang."""

    scene: Scene
    caller: Caller
    agent: str
    phone: Leg
    record: CallRecord


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def all_played(day: Day) -> Mapping[str, Played]:
    """All scenes, at the same time."""
    played = await asyncio.gather(*(play(day, scene) for scene in SCENES.values()))
    return dict(zip(SCENES, played, strict=True))


@pytest.fixture(params=SCENES)
def played(request: pytest.FixtureRequest, all_played: Mapping[str, Played]) -> Played:
    """One scene after the other."""
    return all_played[request.param]


async def play(day: Day, scene: Scene) -> Played:
    caller = await day.rings(scene.number)
    agent, phone = await day.until_joined(caller)
    await until_both_hear_each_other(caller.leg, phone)
    await (phone if scene.ends == "agent" else caller.leg).hang_up()
    return Played(scene, caller, agent, phone, await day.record(caller))


def test_a_phone_rings_at_once(played: Played) -> None:
    assert played.agent == played.scene.agent
    assert played.phone.invited_at - played.caller.leg.invited_at < 3


def test_the_caller_passes_no_step_and_presses_no_key(played: Played) -> None:
    kinds = [event.kind for event in played.record.events]
    assert not {"step", "heard", "silence"} & set(kinds)


def test_one_sentence_is_heard_while_the_phone_rings(day: Day, played: Played) -> None:
    scene, heard = played.scene, played.caller.leg.heard()
    sentence = day.sound(scene.sentence, scene.language, slow=scene.slow)
    begins = sound.find(heard, sentence)
    assert begins is not None
    assert played.phone.answered_at is not None
    rang_until = played.phone.answered_at - (played.caller.leg.answered_at or 0)
    assert begins + len(sentence) / sound.RATE < rang_until


def test_the_agent_hears_who_is_calling_before_the_two_are_joined(day: Day, played: Played) -> None:
    ends = whisper_begins(day, played, played.phone) + len(whisper(day, played)) / sound.RATE
    joined = sound.find_tone(played.phone.heard(), OF_THE_CALLER, 0.5)
    assert joined is not None
    assert ends <= joined


def test_the_caller_does_not_hear_what_the_agent_is_told(day: Day, played: Played) -> None:
    assert sound.find(played.caller.leg.heard(), whisper(day, played)) is None


def test_the_record_tells_the_whole_call(played: Played) -> None:
    scene, summary = played.scene, played.record.summary
    assert (summary.outcome, summary.agent) == ("answered", scene.agent)
    assert (summary.hung_up_by, summary.language) == (scene.ends, scene.language)
    assert scene.reason in summary.reason
    assert summary.waited_s == pytest.approx(12 + 3, abs=3)  # the ringing and the whisper
    assert summary.talked_s is not None
    assert 0.5 < summary.talked_s < 10


def test_nobody_but_the_dane_is_guessed_at(played: Played) -> None:
    [caller] = [event.data for event in played.record.events if event.kind == "caller"]
    assert caller["guessed"] is (played.scene.agent == "eve")
    assert caller["known"] is (played.scene.agent != "eve")


def whisper(day: Day, played: Played) -> sound.Sound:
    name, language = played.scene.whisper
    return day.sound(name, language, caller={"language": played.scene.language})


def whisper_begins(day: Day, played: Played, leg: Leg) -> float:
    begins = sound.find(leg.heard(), whisper(day, played))
    assert begins is not None
    return begins
