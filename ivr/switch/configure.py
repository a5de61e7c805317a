"""What is the switch told to do? Its configuration, made from the templates in `deploy/asterisk`.

Files named careline_*.conf hold the hotline itself; the others make a complete switch of them. An
existing switch gets the first kind only (`export`) and includes them.
"""

import math
import struct
import textwrap
import wave
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ivr import resources
from ivr.agent import AgentAccount
from ivr.errors import BadInput
from ivr.switch import addresses, files, secrets
from ivr.switch.install import Asterisk
from ivr.switch.instance import Instance, hotline
from ivr.switch.modules import MODULES

# The events the engine reads; everything else is filtered out by the switch.
EVENTS = (
    "FullyBooted",
    "AsyncAGIStart",
    "AsyncAGIExec",
    "AsyncAGIEnd",
    "DTMFEnd",
    "DialBegin",
    "DialState",
    "DialEnd",
    "BridgeEnter",
    "BridgeLeave",
    "HangupRequest",
    "SoftHangupRequest",
    "Hangup",
    "UserEvent",
    "DeviceStateChange",
    "ContactStatus",
    "Hold",
    "Unhold",
    "MusicOnHoldStart",
    "MusicOnHoldStop",
    "MixMonitorStart",
    "MixMonitorMute",
    "OriginateResponse",
)
LEASE = 10
"""Seconds for which a call stays the engine's without a word from it (see careline_extensions)."""
ANYWHERE = "0.0.0.0"  # noqa: S104  carriers and phones come from outside
# Names that the templates use for other things than agents.
RESERVED = frozenset({"carrier", "careline-phone", "careline-udp", "global", "system"})

INCLUDES = {
    "manager.conf": "careline_manager.conf",
    "pjsip.conf": "careline_pjsip.conf",
    "extensions.conf": "careline_extensions.conf",
    "queues.conf": "careline_queues.conf",
    "musiconhold.conf": "careline_musiconhold.conf",
    "features.conf": "careline_features.conf",
}
_AGENTS_FILES = ("careline_pjsip_agents.conf", "careline_queues.conf")
_MUSIC_FILE = "careline_musiconhold.conf"
_CARELINE_FILES = (*INCLUDES.values(), "careline_pjsip_agents.conf")
_WHOLE_FILES = (
    "asterisk.conf",
    "cdr.conf",
    "cel.conf",
    "extensions.conf",
    "features.conf",
    "indications.conf",
    "logger.conf",
    "manager.conf",
    "modules.conf",
    "musiconhold.conf",
    "pjproject.conf",
    "pjsip.conf",
    "queues.conf",
    "rtp.conf",
)
_EMPTY_FILES = (
    "acl.conf",
    "ccss.conf",
    "queuerules.conf",
    "udptl.conf",
)


@dataclass(frozen=True, slots=True)
class Wiring:
    """How the switch is reached, and whom it reaches.

    `carrier` is the carrier's address (empty: no trunk yet, so nobody can call from outside);
    `rtp_first` to `rtp_last` are the UDP ports of the audio, two a call leg. `fallback_patience`
    is how long, in seconds, a caller waits for an agent when the engine is not there.
    """

    sip_address: str = ANYWHERE
    sip_port: int = 5060
    ami_address: str = "127.0.0.1"
    ami_port: int = 5038
    rtp_first: int = 10000
    rtp_last: int = 10999
    carrier: str = ""
    carrier_port: int = 5060
    fallback_patience: int = 120


def configure(
    home: Path, asterisk: Asterisk, wiring: Wiring, agents: Sequence[AgentAccount] = ()
) -> Instance:
    """Write the complete configuration of the hotline's own switch and return the instance.

    May be repeated at any time: secrets and the classes of `write_music` are kept. Raises BadInput
    for addresses and ports that cannot be, and if a file is in the way that Careline did not generate.
    """
    instance = hotline(home)
    instance.make_folders()
    values = _careline_values(home, wiring, agents) | {
        "modules": asterisk.modules,
        "data": asterisk.data,
        "modules_wanted": MODULES,
        "music": asterisk.music or _quiet_music(instance.folder / "music"),
        "name": "careline",
        "etc": instance.etc,
        "run": instance.run,
        "state": instance.folder,
    }
    _write_all(instance.etc, (*_WHOLE_FILES, *_EMPTY_FILES, *_CARELINE_FILES), values)
    return instance


def export(home: Path, output: Path, wiring: Wiring, agents: Sequence[AgentAccount] = ()) -> str:
    """Write only the careline_*.conf files into `output`, the configuration of an existing switch.

    Returns what is left for its administrator to do, as text. Raises BadInput as `configure` does.
    """
    if not output.is_dir():
        raise BadInput(f"{output} is not a folder; expected the folder of the switch's own files.")
    _write_all(output, _CARELINE_FILES, _careline_values(home, wiring, agents))
    includes = "\n".join(f"  {whole:18} #include {part}" for whole, part in INCLUDES.items())
    names = " ".join(name for names in MODULES.values() for name in names)
    modules = textwrap.fill(names, 78, initial_indent="  ", subsequent_indent="  ")
    return (
        f"Wrote {len(_CARELINE_FILES)} files to {output}. Add one line at the end of each of:\n"
        f"{includes}\n"
        "In manager.conf, [general] needs enabled = yes and timestampevents = yes.\n"
        "Calls of your trunk go to the context from-carrier, and the engine dials outside\n"
        "numbers through an endpoint named carrier: rename yours, or give --carrier to have\n"
        "one made. These modules are needed:\n"
        f"{modules}\n"
        f"The user who runs the switch must be able to read {home.absolute() / 'var' / 'prompts'}.\n"
        "Then restart the switch, and set ami_host and ami_port (careline.toml) if they are not\n"
        "127.0.0.1 and 5038. `careline doctor` says whether it works."
    )


def write_agents(etc: Path, agents: Sequence[AgentAccount]) -> None:
    """Write the agents' phones, and their places in the fallback's queue, into the folder `etc`.

    The switch takes notice when it is told to (`ivr.switch.agents.apply`).
    """
    _write_all(etc, _AGENTS_FILES, {"agents": checked(agents)})


def write_music(etc: Path, classes: Mapping[str, Iterable[Path]]) -> None:
    """Write the music classes `classes` (name: sound files, played in that order, over and over).

    The files are absolute paths without extension, 8 kHz mono. The switch takes notice when it is
    told to (`ivr.switch.agents.reload`, module res_musiconhold.so).
    """
    listed = {name: [str(file) for file in names] for name, names in classes.items()}
    for name, sounds in listed.items():
        if not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
            raise BadInput(f"A music class cannot be named {name!r}; expected letters and digits.")
        if not sounds or not all(sound.startswith("/") for sound in sounds):
            raise BadInput(f"Music class {name} needs at least one absolute path of a sound file.")
    _write_all(etc, (_MUSIC_FILE,), {"classes": listed})


def music(etc: Path) -> tuple[Path, ...]:
    """The sound files that callers hear while they wait, of the switch configured in `etc`."""
    for line in (etc / "musiconhold.conf").read_text(encoding="utf-8").splitlines():
        name, _, folder = line.partition("=")
        if name.strip() == "directory":
            return tuple(sorted(Path(folder.strip()).glob("*.wav")))
    return ()


def sorry_file(home: Path) -> Path:
    """The sound (without extension) of "nobody can take your call": played if it is there."""
    return home.absolute() / "var" / "prompts" / "switch" / "sorry"


def _careline_values(
    home: Path, wiring: Wiring, agents: Sequence[AgentAccount]
) -> dict[str, object]:
    addresses.own("--sip-address", wiring.sip_address)
    if wiring.carrier:
        addresses.other("--carrier", wiring.carrier)
    addresses.audio(wiring.rtp_first, wiring.rtp_last, wiring.sip_port)
    return {
        **asdict(wiring),
        "agents": checked(agents),
        "classes": {},
        "dead": "$[${EPOCH} - 0${GLOBAL(CARELINE_ALIVE)} > 10]",
        "events": EVENTS,
        "lease": LEASE,
        "secrets": secrets.keep_or_make(home),
        "sorry": sorry_file(home),
    }


def checked(agents: Sequence[AgentAccount]) -> Sequence[AgentAccount]:
    """The agents, if the switch can have phones for them all. Raises BadInput."""
    for agent in agents:
        if agent.name in RESERVED:
            raise BadInput(f"An agent cannot be named {agent.name}: the switch uses that name.")
        if not agent.phone_secret:
            raise BadInput(
                f"Agent {agent.name} has no phone secret, so anybody could be that agent."
            )
    return agents


def _write_all(folder: Path, names: Sequence[str], values: dict[str, object]) -> None:
    """All or nothing, as far as other people's files are concerned."""
    templates = resources.deploy() / "asterisk"
    kept = folder / _MUSIC_FILE
    if len(names) > 1 and kept.exists():
        names = [name for name in names if name != _MUSIC_FILE]
    files.refuse_foreign([folder / name for name in (*names, _MUSIC_FILE)])
    texts = {
        name: files.render(
            templates / ("empty.conf.j2" if name in _EMPTY_FILES else f"{name}.j2"), values
        )
        for name in names
    }
    for name, text in texts.items():
        files.write(folder / name, text)


def _quiet_music(folder: Path) -> Path:
    """A soft tone now and then, for a switch that came without music; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rate, seconds, pitch, loudness = 8000, 4, 440.0, 1200
    samples = [
        int(loudness * math.sin(2 * math.pi * pitch * n / rate)) if n < rate // 2 else 0
        for n in range(rate * seconds)
    ]
    with wave.open(str(folder / "quiet.wav"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return folder
