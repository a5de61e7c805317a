"""The driver: callers who ring the hotline, and the phones it rings.

async with Carrier.driving(switch) as carrier:
    call = await carrier.call("13800138000")
    await call.until_answered()
    await call.press("1")
"""

import asyncio
import itertools
import os
import re
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Literal

from ivr.agent import AgentAccount
from tests.rig.ami import Ami, Message, environment
from tests.rig.carrier_switch import CarrierSwitch
from tests.rig.leg import Leg
from tests.rig.phone import Phone

HOTLINE_NUMBER = "95588"

Keys = Literal["rfc4733", "info", "inband"]
"""How a telephone sends its keys: as events beside the sound, by SIP INFO, or as tones in the sound."""

HANDS = 8
"""How many people can press a key at the same time: the switch plays keys of one link one by one, and
a second between `*` and `9` would be too long."""

_session = itertools.count(1)


class Carrier:
    """Everybody who is not the hotline. Use `driving`."""

    def __init__(self, switch: CarrierSwitch, ami: Ami, hands: Sequence[Ami]) -> None:
        self.switch = switch
        self.legs: dict[str, Leg] = {}
        """Every leg there has been, by its id."""
        self._ami = ami
        self._hands = itertools.cycle(hands)
        self._phones: dict[str, Phone] = {}
        self._registered: dict[str, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._prefix = f"rig-{os.getpid()}-{next(_session)}"
        self._numbers = itertools.count(1)
        ami.on_event(self._happened)

    @classmethod
    @asynccontextmanager
    async def driving(cls, switch: CarrierSwitch) -> AsyncIterator["Carrier"]:
        """Take the carrier's switch in hand; at the end everybody hangs up."""
        async with AsyncExitStack() as stack:

            async def link(*, events: bool) -> Ami:
                ami = await Ami.login(switch.ami_port, "rig", switch.secret, events=events)
                stack.push_async_callback(ami.close)
                return ami

            hands = [await link(events=False) for _ in range(HANDS)]
            carrier = cls(switch, await link(events=True), hands)
            try:
                yield carrier
                carrier.check()
            finally:
                await carrier.clear()

    async def call(
        self,
        number: str,
        dialled: str = HOTLINE_NUMBER,
        *,
        name: str = "",
        withheld: bool = False,
        keys: Keys = "rfc4733",
    ) -> Leg:
        """Ring the hotline from `number`; returns as soon as the INVITE is on its way.

        `number` and `name` may hold anything that a SIP header can. With `withheld` the network
        hides them. `keys` is how keys are sent.
        """
        trunk = "hotline" if keys == "rfc4733" else f"hotline-{keys}"
        return await self._originate(f"PJSIP/{dialled}@{trunk}", number, name, withheld)

    def phone(self, name: str) -> Phone:
        """The phone of the agent `name`, or of the outside number `name`."""
        return self._phones.setdefault(name, Phone(name, self._dial_from))

    async def register(self, agents: Sequence[AgentAccount], within: float = 10.0) -> None:
        """Give `agents` (and nobody else) phones, and wait until the hotline knows where they are."""
        self._registered = {agent.name: asyncio.Event() for agent in agents}
        self.switch.write_phones(agents)
        for module in ("res_pjsip.so", "res_pjsip_outbound_registration.so"):
            await self._ami.action("Reload", Module=module)
        for agent in agents:  # an unchanged registration would keep to its old timetable
            await self._ami.action("PJSIPRegister", Registration=agent.name)
        waits = [event.wait() for event in self._registered.values()]
        await asyncio.wait_for(asyncio.gather(*waits), within)

    async def unplug(self, agent: str) -> None:
        """The agent's phone tells the hotline that it goes away."""
        await self._ami.action("PJSIPUnregister", Registration=agent)

    async def plug_in(self, agent: str) -> None:
        """The agent's phone tells the hotline that it is there again."""
        await self._ami.action("PJSIPRegister", Registration=agent)

    async def clear(self) -> None:
        """Everybody hangs up."""
        for task in self._tasks:
            task.cancel()
        live = [leg for leg in self.legs.values() if not leg.ended]
        await asyncio.gather(*(leg.hang_up() for leg in live))
        for task in self._tasks:  # phones that rang meanwhile
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def forget_ended(self, but: int) -> None:
        """Forget the calls that are over, and what was heard in them, but for the newest."""
        over = [name for name, leg in self.legs.items() if leg.ended]
        for name in over[:-but]:
            self.legs.pop(name).heard_file.unlink(missing_ok=True)
        for phone in self._phones.values():
            phone.forget_ended()

    def check(self) -> None:
        """Raise what went wrong in a phone's behaviour."""
        for task in self._tasks:
            if task.done() and not task.cancelled() and (error := task.exception()):
                raise error

    async def _dial_from(self, number: str, agent: str) -> Leg:
        return await self._originate(f"PJSIP/{number}@{agent}", agent, "", withheld=False)

    def _leg(self, unique_id: str) -> Leg:
        return Leg(self._ami, next(self._hands), unique_id, self.switch.sounds)

    async def _originate(self, target: str, number: str, name: str, withheld: bool) -> Leg:
        unique_id = f"{self._prefix}-{next(self._numbers)}"
        leg = self.legs[unique_id] = self._leg(unique_id)
        variables = [f"CONNECTEDLINE(pres,i)={'prohib' if withheld else 'allowed'}"]
        if number:
            variables.append(f"CONNECTEDLINE(num,i)={_quoted(number)}")
        if name:
            variables.append(f"CONNECTEDLINE(name,i)={_quoted(name)}")
        await self._ami.action(
            "Originate",
            Channel=target,
            ChannelId=unique_id,
            Context="callers",
            Exten="s",
            Priority="1",
            Timeout="120000",
            Async="true",
            Codecs="alaw",
            Variable=variables,
        )
        return leg

    def _happened(self, message: Message) -> None:
        event = message["Event"]
        if event == "Registry":
            agent = message["Username"].removeprefix("sip:").partition("@")[0]
            if message["Status"] == "Registered" and agent in self._registered:
                self._registered[agent].set()
            return
        unique_id = message.get("Uniqueid", "")
        if event == "Newchannel" and message["Context"] == "from-hotline":
            self.legs.setdefault(unique_id, self._leg(unique_id))
        leg = self.legs.get(unique_id)
        if leg is None:
            return
        leg.happened(message)
        if event == "AsyncAGIStart":
            env = environment(message)
            if not unique_id.startswith(self._prefix):
                self._spawn(self.phone(env["extension"]).take(leg))

    def _spawn(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._keep_failed)

    def _keep_failed(self, task: "asyncio.Task[Any]") -> None:
        if task.cancelled() or task.exception() is None:
            self._tasks.discard(task)


def _quoted(text: str) -> str:
    """Originate splits the value of Variable at commas and takes quotes and backslashes off."""
    return re.sub(r'([\\",])', r"\\\1", text)
