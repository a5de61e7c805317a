"""Is every one of 200 talks, 20 at once, recorded whole, and what does that cost?"""

import asyncio
import io
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console

from benchmarks import machine
from benchmarks.figures import shown
from benchmarks.machine import Others, Process
from benchmarks.report import Claim, Report
from benchmarks.stage import Stage, stage
from ivr.agent import AgentAccount
from ivr.archive import Archive
from ivr.running import utc_now
from ivr.said import fixed
from ivr.store.wanted import Wanted
from recordings.catalogue import Recording
from recordings.shelf import Shelf
from recordings.sound import FRAME, RATE, Format, decode, encode
from recordings.vault import Keys, Vault
from tests.rig import sound
from tests.rig.leg import Leg
from tests.rig.phone import Answers
from tests.rig.rig import Rig
from tests.rig.sound import Sound

CALLS, AT_ONCE, TALK = 200, 20, 8.0
UNRECORDED = 60  # calls without recording, for what it adds
FIRST = 0.2  # seconds
AT_MOST = 0.06  # seconds after its beginning in which a recording must hold the caller
PUT_AWAY_WITHIN = 180.0
SPEECH = 60.0  # seconds of two people speaking in turn, for the sizes
LOUD = 0.01  # of a sound's mean square, against silence and hiss
AGENTS = [AgentAccount(f"eve-{n}", "Eve", "en", {"en": 5}, logged_in=True) for n in range(AT_ONCE)]
FORMATS: tuple[Format, ...] = ("flac", "opus")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of processor time a call: of Careline, of the encoder it starts, of the switch."""

    careline: float
    encoder: float
    asterisk: float

    def shown(self) -> str:
        """In milliseconds."""
        both = (self.careline, self.encoder, self.asterisk)
        return " + ".join(f"{shown(1000 * one)} ms" for one in both)


@dataclass(frozen=True, slots=True)
class Heard:
    """What is in one recording: whether each tone is on its side and there alone; after how many
    seconds the caller's begins, who hums long before (an agent does when our driver has time); and
    the share of frames from there on, for FIRST seconds, in which each is. The switch begins to
    record a moment before it joins the two."""

    apart: bool
    begins: float
    first: float


def run(quick: bool, console: Console) -> Report:
    """The benchmark."""
    calls, without = (AT_ONCE, AT_ONCE) if quick else (CALLS, UNRECORDED)
    with stage(AGENTS, [], rtp_ports=400) as on:
        facts = machine.facts(on.switches.asterisk.version)
        asyncio.run(_measure(on, AT_ONCE, "off"))  # what is made once is made: prompts above all
        plain, _ = asyncio.run(_measure(on, without, "off"))
        recorded, others = asyncio.run(_measure(on, calls, "flac"))
        shelf = Shelf.under(on.settings.var)
        with on.database() as database:
            kept = database.recordings.find(Wanted())
            faults = list(Archive(database, shelf, "benchmark", utc_now).verify())
            numbers = {one.call_id: one.number or "" for one in database.calls.list(limit=1000)}
        heard = [_heard(on, one, numbers[one.call_id]) for one in kept]
        size = sum(one.size for one in kept) / sum(one.seconds for one in kept)
        sizes = _sizes(on)
    return _report(calls, kept, len(faults), heard, (plain, recorded), size, sizes, facts, others)


async def _measure(on: Stage, calls: int, recordings: str) -> tuple[Cost, float]:
    """So many calls, AT_ONCE at a time; what one costs, and what others took of the machine."""
    with _set("CARELINE_RECORDINGS", recordings):
        async with Rig.over(on.switches) as rig:
            await rig.staff(on.agents)
            async with on.careline() as careline:
                await machine.quiet(on.processes(careline), within=20)
                others = Others(on.processes(careline))
                before = (careline.cpu(), _children(careline), on.asterisk.cpu())
                await _place(rig, calls)
                if recordings != "off":
                    await _until_put_away(on, calls)
                after = (careline.cpu(), _children(careline), on.asterisk.cpu())
                cost = [(then - now) / calls for now, then in zip(before, after, strict=True)]
                return Cost(*cost), others.share()


async def _place(rig: Rig, calls: int) -> None:
    """Place so many calls; each caller hums a tone from the first moment, and so does each agent."""
    turns = asyncio.Semaphore(AT_ONCE)
    legs: list[Leg] = []
    agents = [asyncio.create_task(_hum(rig, number, legs)) for number in range(AT_ONCE)]

    async def call(number: int) -> None:
        async with turns:
            caller = await rig.carrier.call(f"+4533{number:06}")
            await caller.until_answered()
            await caller.hum_on(_of_caller(number))
            async with asyncio.timeout(60):
                while not _hears_an_agent(caller.heard()):  # noqa: ASYNC110  nobody announces it
                    await asyncio.sleep(0.2)
            await asyncio.sleep(TALK)
            await caller.hang_up()

    try:
        await asyncio.gather(*(call(number) for number in range(calls)))
        for leg in legs:
            await leg.until_ended(60)
    finally:
        for agent in agents:
            agent.cancel()


async def _hum(rig: Rig, number: int, legs: list[Leg]) -> None:
    phone = rig.carrier.phone(f"eve-{number}")
    phone.behaviour = Answers(after=0.2)
    while True:
        leg = await phone.rung(within=3600)
        legs.append(leg)
        await leg.until_answered()
        await leg.hum_on(_of_agent(number))


def _of_caller(number: int) -> int:
    return 500 + 50 * (number % AT_ONCE)


def _of_agent(number: int) -> int:
    return 1600 + 50 * number


def _hears_an_agent(heard: Sound) -> bool:
    last = heard[-RATE // 5 :]
    if len(last) < RATE // 5 or float((last**2).mean()) < LOUD:
        return False
    peak = int(np.abs(np.fft.rfft(last)).argmax()) * 5
    return peak > _of_agent(0) - 25


async def _until_put_away(on: Stage, calls: int) -> None:
    with on.database() as database:
        async with asyncio.timeout(PUT_AWAY_WITHIN):
            while len(database.recordings.find(Wanted(state=None))) < calls:  # noqa: ASYNC110
                await asyncio.sleep(0.5)


def _heard(on: Stage, recording: Recording, number: str) -> Heard:
    opened = io.BytesIO()
    vault = Vault(Keys.read(on.settings.key_file))
    vault.open(on.settings.var / "recordings" / recording.file, opened)
    opened.seek(0)
    left, right = ((side / 32768).astype(np.float32) for side in decode(opened))
    caller = _of_caller(int(number[-6:]))
    agent = _of_agent(int(recording.agent.removeprefix("eve-")))
    apart = (
        sound.find_tone(left, caller, 1) is not None
        and sound.find_tone(right, agent, 1) is not None
        and sound.find_tone(left, agent, 0.1) is None
        and sound.find_tone(right, caller, 0.1) is None
    )
    first = [_first(left, caller), _first(right, agent)]
    return Heard(apart, first[0][0], min(share for _, share in first))


def _first(side: Sound, hertz: int) -> tuple[float, float]:
    """When a tone begins, and in how many of the frames from there on it is."""
    begins = sound.find_tone(side, hertz, 0.04)
    if begins is None:
        return 0.0, 0.0
    start = round(begins * RATE)
    lasted = sound.tone_lengths(side[start : start + round(FIRST * RATE)], hertz)
    return begins, min(1.0, lasted / FIRST + 1e-6)


def _sizes(on: Stage) -> dict[str, float]:
    """Bytes a second of two people who speak in turn: as the switch writes it, and as it is kept."""
    prompts = (one for one in fixed(on.hotline) if one.language == "en")
    spoken = [sound.read_wav(on.prompts.make(one)) for one in prompts]
    caller, agent = np.zeros(0, np.float32), np.zeros(0, np.float32)
    for turn, words in enumerate(spoken):
        quiet = np.zeros(len(words), np.float32)
        caller = np.concatenate([caller, words if turn % 2 else quiet])
        agent = np.concatenate([agent, quiet if turn % 2 else words])
    both = np.stack([agent, caller], axis=1)[: round(SPEECH * RATE)]
    found = {"raw": float(RATE * FRAME)}
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "talk.raw"
        raw.write_bytes((both * 32767).astype("<i2").tobytes())
        for form in FORMATS:
            encoded = io.BytesIO()
            encode(raw, encoded, form)
            found[form] = len(encoded.getvalue()) / (len(both) / RATE)
    return found


def _children(of: Process) -> float:
    """Seconds of processor time of the programs it has started; proc_pid_stat(5), 16 and 17."""
    stat = Path(f"/proc/{of.pid}/stat").read_text(encoding="utf-8")
    fields = stat.rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / _TICKS


@contextmanager
def _set(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _report(
    calls: int,
    kept: Sequence[Recording],
    faults: int,
    heard: list[Heard],
    costs: tuple[Cost, Cost],
    size: float,
    sizes: dict[str, float],
    facts: dict[str, object],
    others: float,
) -> Report:
    plain, recorded = costs
    apart = sum(one.apart for one in heard)
    whole = sum(one.first >= 1 and one.begins <= AT_MOST for one in heard)
    least = min((one.first for one in heard), default=0.0)
    latest = max((one.begins for one in heard), default=0.0)

    def saved(name: str) -> str:
        smaller = 1 - sizes[name] / sizes["raw"]
        return f"{sizes[name] / 1000:.1f} kB/s ({smaller:.0%} less)"

    rows = (
        ("talks recorded, put away and verified", f"{len(kept)} of {calls}, {faults} faults"),
        ("each side's tone on its channel, and there alone", f"{apart} of {calls}"),
        ("first 200 ms complete on both sides", f"{whole} of {calls} (least {least:.0%})"),
        ("the caller is in the recording from", f"{1000 * latest:.0f} ms at the latest"),
        ("CPU a call without: Careline + encoder + Asterisk", plain.shown()),
        ("CPU a call recorded: Careline + encoder + Asterisk", recorded.shown()),
        ("disk, these talks (tones), FLAC", f"{size / 1000:.1f} kB/s"),
        ("disk, speech in turn, raw", f"{sizes['raw'] / 1000:.1f} kB/s"),
        ("disk, speech in turn, FLAC", saved("flac")),
        ("disk, speech in turn, Opus", saved("opus")),
    )
    claims = (
        Claim("every talk is recorded and verified", len(kept) == calls and not faults),
        Claim("each side is on its channel", apart == calls),
        Claim("nothing of the first 200 ms is missing", whole == calls),
    )
    return Report(
        "recordings",
        f"{calls} talks of {TALK:g} s, {AT_ONCE} at once",
        "Callers and agents hum tones of their own from before they are joined; the sealed files "
        "are opened and looked through. Speech is that of prompts.",
        ("what", "figure"),
        rows,
        claims,
        facts | {"others took": f"{others:.0%}"},
        {
            "kept": len(kept),
            "faults": faults,
            "apart": apart,
            "whole": whole,
            "bytes a second": sizes | {"tones, flac": size},
            "first": [[one.begins, one.first] for one in heard],
        },
    )
