"""What does a benchmark with real calls stand on? A hotline's switch, Careline beside it, a carrier."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from benchmarks.load.rtp import SILENCE
from benchmarks.machine import Process
from ivr import resources
from ivr.agent import AgentAccount
from ivr.caller import Profile
from ivr.flow.hotline import Hotline
from ivr.flow.load import load
from ivr.prompts import PromptStore
from ivr.said import ahead
from ivr.settings import Settings
from ivr.store.callers import GoodRow
from ivr.store.database import Database
from ivr.switch import agents as switch_agents
from ivr.switch import install, process
from ivr.switch.instance import Instance
from speech.voice import Espeak
from tests.rig.engine import CHECKOUT, settings_for
from tests.rig.rig import Switches, running_switches

_READY_WITHIN = 60.0
RATE = 8000  # samples a second; one byte each in A-law


@dataclass(frozen=True, slots=True)
class Stage:
    """Both switches, running; the hotline's home with flows, prompts, agents and callers in it."""

    switches: Switches
    settings: Settings
    hotline: Hotline
    prompts: PromptStore
    agents: tuple[AgentAccount, ...]
    """Every agent, each with the secret of the phone."""

    @property
    def asterisk(self) -> Process:
        """The hotline's switch as a process."""
        return _process(self.switches.hotline)

    def processes(self, careline: Process) -> tuple[Process, ...]:
        """All that runs here: Careline, both switches, and this program."""
        carrier = _process(self.switches.carrier.instance)
        return careline, self.asterisk, carrier, Process(os.getpid())

    def database(self) -> Database:
        """The hotline's records; to be closed by whoever opens it."""
        return Database.open(self.settings.url)

    def add(self, name: str, text: str, module: str) -> None:
        """Write `text` to the admin's own file local_NAME.conf and have the switch read it."""
        etc = self.switches.hotline.etc
        (etc / f"local_{name}.conf").write_text(text, encoding="utf-8")
        address = switch_agents.Address(port=self.switches.ami_port)
        assert switch_agents.reload(self.switches.home, address, (module,))

    def play_quiet_music(self) -> None:
        """Let callers wait with silence in their own codec: packets as of music, and no transcoding."""
        folder = self.switches.home / "music"
        folder.mkdir()
        (folder / "silence.alaw").write_bytes(SILENCE * RATE * 60)
        own = self.switches.hotline.etc / "musiconhold.conf"
        lines = own.read_text(encoding="utf-8").splitlines()
        there = [
            f"directory = {folder}" if line.startswith("directory") else line for line in lines
        ]
        own.write_text("\n".join(there) + "\n", encoding="utf-8")
        address = switch_agents.Address(port=self.switches.ami_port)
        assert switch_agents.reload(self.switches.home, address, switch_agents.MUSIC)

    def know_agents(self) -> None:
        """Make the agents' phones known to the switch; they register by themselves."""
        address = switch_agents.Address(port=self.switches.ami_port)
        assert switch_agents.apply(self.switches.home, self.agents, address)

    @asynccontextmanager
    async def careline(self, *, speech: bool = True) -> AsyncIterator[Process]:
        """Let Careline answer, in a process of its own; without `speech` by keys alone."""
        environment = os.environ | {
            "CARELINE_HOME": str(self.settings.home),
            "CARELINE_AMI_PORT": str(self.settings.ami_port),
            "CARELINE_SPEECH": str(speech).lower(),
        }
        command = (sys.executable, "-m", "benchmarks.hotline")
        engine = await asyncio.create_subprocess_exec(
            *command, env=environment, cwd=CHECKOUT, stdout=asyncio.subprocess.PIPE
        )
        assert engine.stdout is not None
        try:
            said = await asyncio.wait_for(engine.stdout.readline(), _READY_WITHIN)
            assert said == b"ready\n", "Careline did not start; what it said stands above"
            yield Process(engine.pid)
        finally:
            if engine.returncode is None:
                engine.terminate()
            await engine.wait()


@contextmanager
def stage(
    agents: Sequence[AgentAccount],
    callers: Sequence[Profile],
    rtp_ports: int = 500,
    *,
    whisper: bool = True,
    change: Callable[[Path], None] = lambda flows: None,
) -> Iterator[Stage]:
    """Set it up: the flows as they are shipped, but that agents need no time for wrap-up.

    Without `whisper` agents hear nothing before they talk. `change` is done to the folder of flows.
    """
    asterisk = install.install(CHECKOUT, lambda _: None)
    # Not under the checkout: the path of a switch's Unix socket may be 100 characters long.
    folder = Path(tempfile.mkdtemp(prefix="careline-bench-"))
    try:
        with running_switches(asterisk, folder, rtp_ports) as switches:
            flows = _flows(folder / "flows", whisper)
            change(flows)
            settings = settings_for(switches, flows)
            hotline = load(settings.flows)
            prompts = PromptStore(settings.var / "prompts", Espeak(), settings.flows / "audio")
            prompts.build(ahead(hotline), lambda made: None)
            known = tuple(
                replace(agent, phone_secret=f"secret-of-{agent.name}") for agent in agents
            )
            with Database.open(settings.url) as database:
                for agent in known:
                    database.agents.add(agent)
                database.callers.import_rows(
                    GoodRow(line, profile) for line, profile in enumerate(callers)
                )
            yield Stage(switches, settings, hotline, prompts, known)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _process(switch: Instance) -> Process:
    pid = process.pid(switch)
    assert pid is not None, f"the switch in {switch.folder} has died"
    return Process(pid)


def _flows(folder: Path, whisper: bool) -> Path:
    shutil.copytree(resources.flows(), folder)
    file = folder / "center.yaml"
    center = yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506  strings only
    for queue in center["queues"].values():
        queue["wrap_up"] = "0s"
    if not whisper:
        del center["whisper"]
    file.write_text(yaml.safe_dump(center, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder
