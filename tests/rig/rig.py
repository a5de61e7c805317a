"""A hotline's switch and a carrier's, facing each other on one machine.

    with running_switches(asterisk, folder) as switches:
        async with Rig.over(switches) as rig:
            await rig.staff([AgentAccount("ana", phone_secret="…")])
            call = await rig.carrier.call("13800138000")

There is no engine in it: until one beats its heart, the hotline's dialplan serves callers alone.
"""

import os
import shutil
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ivr.agent import AgentAccount
from ivr.switch import agents as switch_agents
from ivr.switch import configure, instance, process, secrets
from ivr.switch.configure import Wiring
from ivr.switch.install import Asterisk
from ivr.switch.instance import Instance
from tests.rig.ami import Ami
from tests.rig.carrier import Carrier
from tests.rig.carrier_switch import TRUNK_ADDRESS, CarrierSwitch

HOTLINE_ADDRESS = "127.0.0.1"
FALLBACK_PATIENCE = 3


@dataclass(frozen=True, slots=True)
class Switches:
    """Both switches, running. `home` is the hotline's home: var/ lies there."""

    home: Path
    asterisk: Asterisk
    hotline: Instance
    wiring: Wiring
    carrier: CarrierSwitch

    @property
    def ami_port(self) -> int:
        """Where the engine finds the hotline's AMI."""
        return self.wiring.ami_port

    @property
    def engine_secret(self) -> str:
        """The AMI secret of the user "careline"."""
        return secrets.read(self.home)[secrets.ENGINE]

    def complaints(self) -> list[str]:
        """The errors and warnings in the hotline's log."""
        return process.complaints(self.hotline)


@contextmanager
def running_switches(asterisk: Asterisk, folder: Path, rtp_ports: int = 500) -> Iterator[Switches]:
    """Start both in `folder`, on ports that are free; stop both at the end.

    The hotline's audio has `rtp_ports` ports, two for each leg of a call.
    """
    home = folder / "home"
    home.mkdir(parents=True)
    ports = free_ports(4)
    first = 20000 + os.getpid() % 20 * 1000  # audio: Asterisk itself steps over ports in use
    wiring = Wiring(
        sip_address=HOTLINE_ADDRESS,
        sip_port=ports[0],
        ami_port=ports[1],
        rtp_first=first,
        rtp_last=first + rtp_ports - 1,
        carrier=TRUNK_ADDRESS,
        carrier_port=ports[2],
        fallback_patience=FALLBACK_PATIENCE,
    )
    hotline = configure.configure(home, asterisk, wiring)
    process.start(asterisk, hotline)
    try:
        carrier = CarrierSwitch.start(
            asterisk,
            folder / "carrier",
            f"{HOTLINE_ADDRESS}:{wiring.sip_port}",
            sip_port=ports[2],
            ami_port=ports[3],
            rtp=first + rtp_ports,
        )
        try:
            yield Switches(home, asterisk, hotline, wiring, carrier)
        finally:
            carrier.stop()
    finally:
        process.stop(asterisk, hotline, grace=0)


class Rig:
    """The switches with a driver for the carrier, for one test. Use `over`."""

    def __init__(self, switches: Switches, carrier: Carrier, engine: Ami) -> None:
        self.switches = switches
        self.carrier = carrier
        self.ami = engine
        """A link to the hotline with the rights, and the filter, that the engine has."""

    @classmethod
    @asynccontextmanager
    async def over(cls, switches: Switches) -> AsyncIterator["Rig"]:
        """Take the switches in hand; at the end everybody hangs up and the agents are gone."""
        engine = await Ami.login(switches.ami_port, secrets.ENGINE, switches.engine_secret)
        try:
            async with Carrier.driving(switches.carrier) as carrier:
                rig = cls(switches, carrier, engine)
                try:
                    yield rig
                finally:
                    engine = rig.ami
        finally:
            try:
                await engine.action("Setvar", Variable="CARELINE_ALIVE", Value="0")
            finally:
                await engine.close()

    async def see_the_switch_again(self) -> None:
        """Link up with a hotline's switch that was restarted."""
        await self.ami.close()
        self.ami = await Ami.login(
            self.switches.ami_port, secrets.ENGINE, self.switches.engine_secret
        )

    async def staff(self, agents: Sequence[AgentAccount]) -> None:
        """Make `agents` (and nobody else) known to the hotline, and register their phones."""
        known = [
            agent if agent.phone_secret else replace(agent, phone_secret=f"secret-of-{agent.name}")
            for agent in agents
        ]
        ami = switch_agents.Address(port=self.switches.ami_port)
        assert switch_agents.apply(self.switches.home, known, ami), "the hotline does not run"
        await self.carrier.register(known)


def free_ports(count: int) -> list[int]:
    """Ports that are free for TCP and UDP alike, on every address the rig uses."""
    found: list[int] = []
    while len(found) < count:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("", 0))
            port = tcp.getsockname()[1]
            try:
                udp.bind(("", port))
            except OSError:
                continue
        if port not in found:
            found.append(port)
    return found


def sweep(parent: Path, prefix: str, asterisk: Asterisk) -> None:
    """Stop and remove what test runs left behind that were killed; folders are PREFIX-PID."""
    for folder in parent.glob(f"{prefix}-*"):
        owner = folder.name.removeprefix(f"{prefix}-")
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            for left in (Instance(folder / "carrier"), instance.hotline(folder / "home")):
                process.stop(asterisk, left, grace=0)
            shutil.rmtree(folder, ignore_errors=True)
