"""A call through two real switches: the contract's exchange over the rig."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from ivr.agent import AgentAccount
from ivr.line.asterisk.ami import Ami
from ivr.line.asterisk.audiosocket import AudioSocket
from ivr.line.asterisk.ears import Ears as CallsEars
from ivr.line.asterisk.inbound import Inbound
from ivr.line.commands import Spoken
from ivr.line.line import Arrival, Line
from ivr.line.speech_length import seconds
from speech.hearing import Hearing
from tests.line.exchange import VOICE, Ears, SpokenScenario
from tests.rig import sound
from tests.rig.leg import Leg
from tests.rig.phone import Answers, Behaviour, Refuses, RingsOut
from tests.rig.rig import Rig, Switches

CAST: dict[str, Behaviour] = {
    "ana": Answers(after=0.5),
    "quick": Answers(after=0.5, talks_for=1.0),
    "leaver": Answers(after=0.5, talks_for=0.5),
    "busy": Refuses("busy"),
    "decliner": Refuses("declined", after=0.3),
    "absent": RingsOut(),
}
OUTSIDE = "01088880000"

PHONE_SETTLES = 0.3
"""Seconds after which a phone that has just been rung or answered is done with its errands."""

CLIPS = Path(__file__).parents[1] / "speech" / "clips"
SAID = {
    "카드를 잃어버렸어요": "ko-card",
    "카드를 잃어버렸어": "ko-card",
    "상담원 연결해 주세요": "ko-human",
    "날씨가 좋네요": "ko-exchange-rate",  # anything that means nothing there
}
"""What a caller can say, and the recording of it."""

PITCHES = {"hello": 500, "question": 700, "long": 900, "whisper": 1300}
"""Every prompt is a pure tone, by its name, in hertz."""


class AsteriskExchange:
    """Lines of a hotline's switch, called from a carrier's. Agents are made known once.

    With `hearing` it can be spoken to.
    """

    def __init__(self, switches: Switches, folder: Path, hearing: Hearing | None = None) -> None:
        self._hearing = hearing
        self._switches = switches
        self._folder = folder
        self._staffed = False

    def serve(self, scenario: SpokenScenario) -> Ears:
        return asyncio.run(self._serve(scenario))

    async def _serve(self, scenario: SpokenScenario) -> Ears:
        async with AsyncExitStack() as stack:
            rig = await stack.enter_async_context(Rig.over(self._switches))
            await self._staff(rig)
            ami = Ami("127.0.0.1", rig.switches.ami_port, "careline", rig.switches.engine_secret)
            await ami.connect()
            stack.push_async_callback(ami.close)
            arrived: asyncio.Future[tuple[Arrival, Line]] = asyncio.Future()

            async def on_call(arrival: Arrival, line: Line) -> None:
                arrived.set_result((arrival, line))

            ears: CallsEars | None = None
            if self._hearing is not None:
                sockets = AudioSocket()
                await sockets.open()
                stack.push_async_callback(sockets.close)
                ears = CallsEars(self._hearing, sockets, _no_trouble)
            inbound = Inbound(
                ami, lambda _: self._audio, lambda _: None, on_call, _no_feature, ears
            )
            await inbound.start()
            stack.push_async_callback(inbound.stop)
            leg = await rig.carrier.call("13800138000")
            arrival, line = await asyncio.wait_for(arrived, 20)
            assert arrival.number.endswith("13800138000")
            if ears is not None:
                await leg.until_answered()
                await leg.be_silent()
            try:
                await scenario(line, _CallerAt(leg))
            finally:
                await asyncio.sleep(PHONE_SETTLES)
                live = [leg for leg in rig.carrier.legs.values() if not leg.ended]
                await asyncio.gather(*(leg.hang_up() for leg in live))
            await _until_forgotten(inbound)
            agents = [call for name in CAST for call in rig.carrier.phone(name).calls]
            return _Ears(leg, agents)

    async def _staff(self, rig: Rig) -> None:
        if not self._staffed:
            await rig.staff([AgentAccount(name) for name in CAST])
            self._staffed = True
        for name, behaviour in CAST.items():
            rig.carrier.phone(name).behaviour = behaviour
        rig.carrier.phone(OUTSIDE).behaviour = Answers(after=0.5, talks_for=1.0)

    async def _audio(self, spoken: Spoken) -> Path:
        file = self._folder / f"{spoken.name}.wav"
        if not file.exists():
            sound.write_tone(file, PITCHES[str(spoken.name)], seconds(spoken))
        return file


class _CallerAt:
    def __init__(self, leg: Leg) -> None:
        self._leg = leg

    async def press(self, keys: str) -> None:
        await self._leg.until_answered()  # the engine may have the call before the caller knows
        await self._leg.press(keys, gap=0.1, length=0.1)

    async def say(self, text: str) -> None:
        await self._leg.speak(CLIPS / f"{SAID[text]}.wav")

    async def talk(self, seconds: float) -> None:
        await self._leg.until_answered()
        await self._leg.hum(VOICE, seconds)

    async def be_quiet(self) -> None:
        await self._leg.until_answered()
        await self._leg.be_silent()

    async def hang_up(self) -> None:
        await self._leg.hang_up()


class _Ears:
    def __init__(self, caller: Leg, agents: list[Leg]) -> None:
        self._caller = caller
        self._agents = agents

    def caller_heard(self, spoken: Spoken) -> bool:
        return _has(self._caller, spoken)

    def agent_heard(self, spoken: Spoken) -> bool:
        return any(_has(leg, spoken) for leg in self._agents)


def _has(leg: Leg, spoken: Spoken) -> bool:
    return sound.find_tone(leg.heard(), PITCHES[str(spoken.name)], 0.2) is not None


async def _until_forgotten(inbound: Inbound) -> None:
    """No line may be remembered when its channel is gone."""
    async with asyncio.timeout(20):
        while inbound.channels:  # noqa: ASYNC110  it is looked at from outside
            await asyncio.sleep(0.02)


async def _no_feature(agent: str, feature: str, line: Line) -> None:
    raise AssertionError(f"{agent} dialled {feature}, which nobody does here.")


def _no_trouble(call_id: str, why: str) -> None:
    raise AssertionError(f"The call {call_id} could not be heard: {why}")
