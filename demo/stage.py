"""How a scene is played: a caller rings, presses, hums, and leaves; what was heard is kept."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from demo.scenes import Scene
from ivr.app import App
from ivr.caller import parse_number
from ivr.line.commands import Spoken
from ivr.record import CallRecord
from ivr.store.database import Database
from tests.rig import sound
from tests.rig.ami import AmiRefusedError
from tests.rig.leg import Leg
from tests.rig.phone import Answers
from tests.rig.rig import Rig

BEGINNING = 8_000  # samples of a prompt by which it is known when it was not heard to its end
PATIENCE = 150.0  # seconds after which a call that does not end is given up


@dataclass(frozen=True, slots=True)
class Played:
    """A scene that is over.

    `phone` is the leg of the agent's phone, None if nobody was rung. `heard` are the prompts found
    in the recording of what the caller heard. `both_ways` says whether each side's own tone was
    found in what the other side heard.
    """

    scene: Scene
    caller: Leg
    phone: Leg | None
    record: CallRecord
    heard: tuple[str, ...]
    both_ways: bool

    @property
    def to_ringing(self) -> float | None:
        """Milliseconds from the caller's INVITE to the one at the agent's phone, by one clock."""
        if self.phone is None:
            return None
        return (self.phone.invited_at - self.caller.invited_at) * 1000

    def faults(self) -> list[str]:
        """What is not as it must be."""
        wrong = self.scene.judge(self.record)
        if self.record.summary.agent and not self.both_ways:
            wrong.append("caller and agent did not hear each other")
        return wrong


async def play(scene: Scene, rig: Rig) -> Leg:
    """Let the caller do what the scene says, until the call is over."""
    await asyncio.sleep(scene.begins)
    caller = await rig.carrier.call(scene.number, withheld=scene.withheld)
    await caller.until_answered()
    acts = [asyncio.create_task(act) for act in _acts(scene, caller)]
    try:
        await caller.until_ended(PATIENCE)
    finally:
        for act in acts:
            act.cancel()
        with suppress(AssertionError):  # the call may end while somebody still hums
            await asyncio.gather(*acts, return_exceptions=True)
    return caller


async def hum(leg: Leg, tone: int) -> None:
    """Hum from now on until the call is over."""
    with suppress(AssertionError, AmiRefusedError):  # that may happen at any moment
        await leg.perform(f"EXEC Playtones {tone}")


async def staff_phone(name: str, rig: Rig) -> None:
    """Let an agent pick up every call and hum in the agent's own voice."""
    phone = rig.carrier.phone(name)
    phone.behaviour = Answers(after=5.0, talks_for=7.0)
    while True:
        leg = await phone.rung(within=3600)
        with suppress(AssertionError):  # the caller may leave while it still rings
            await leg.until_answered()
            await asyncio.sleep(0.5)  # the phone's own first sound is silence
            await hum(leg, TONES[name])


def _acts(scene: Scene, caller: Leg) -> Iterator[Coroutine[Any, Any, None]]:
    async def press(keys: str, after: float) -> None:
        await asyncio.sleep(after)
        await caller.press(keys)

    async def leave(after: float) -> None:
        await asyncio.sleep(after)
        await caller.hang_up()

    for one in scene.presses:
        yield press(one.keys, one.after)

    async def speak_and_hum() -> None:
        if scene.says is not None:
            await caller.be_silent()
            await asyncio.sleep(scene.says.after)
            await caller.speak(scene.says.clip)
        await hum(caller, scene.tone)

    if scene.leaves is not None:
        yield leave(scene.leaves)
    yield speak_and_hum()


def look_back(scene: Scene, caller: Leg, rig: Rig, app: App, database: Database) -> Played:
    """Put together what the carrier saw, what was heard, and what Careline kept of it."""
    number = parse_number(scene.number, app.hotline.center.center.country).number
    [summary] = [one for one in database.calls.list() if one.number == number]
    record = database.calls.show(summary.call_id)
    phone = _phone_of(record, caller, rig)
    return Played(
        scene=scene,
        caller=caller,
        phone=phone,
        record=record,
        heard=tuple(_heard(record, caller, app)),
        both_ways=phone is not None and _both_ways(scene, record, caller, phone),
    )


def _phone_of(record: CallRecord, caller: Leg, rig: Rig) -> Leg | None:
    agent = record.summary.agent
    if agent is None or caller.ended_at is None:
        return None
    ended = caller.ended_at
    legs = [leg for leg in rig.carrier.phone(agent).calls if leg.ended_at is not None]
    return min(legs, key=lambda leg: abs((leg.ended_at or 0.0) - ended), default=None)


def _both_ways(scene: Scene, record: CallRecord, caller: Leg, phone: Leg) -> bool:
    of_agent = TONES[record.summary.agent or ""]
    return (
        sound.find_tone(caller.heard(), of_agent, 0.5) is not None
        and sound.find_tone(phone.heard(), scene.tone, 0.5) is not None
    )


def _heard(record: CallRecord, caller: Leg, app: App) -> Iterator[str]:
    said = [
        (str(event.data["prompt"]), str(event.data["language"]))
        for event in record.events
        if event.kind == "said"
    ]
    rules = {rule.name: rule.say for rule in app.hotline.center.rules}
    for event in record.events:
        if event.kind == "rule" and (name := rules.get(str(event.data["name"]))):
            said.append((name, record.summary.language))
    heard = caller.heard()
    elder_age = app.hotline.center.center.elder_age
    slow = (record.summary.age or 0) >= elder_age
    for name, language in dict.fromkeys(said):
        template = app.hotline.wording.texts.get(language, {}).get(name)
        if template is None or template.holes:
            continue
        audio = app.prompts.path(Spoken(template.text, language, name, slow))
        whole = sound.read_wav(audio)
        if sound.find(heard, whole) is not None:
            yield name
        elif sound.find(heard, whole[:BEGINNING]) is not None:
            yield f"{name} (cut short)"


TONES = {"ana": 500, "boris": 560, "eve": 620, "chen": 680, "li": 740, "wang": 800, "min": 860}
"""Hz: the voice of each agent in the demo, by which the recordings tell who talked to whom."""
