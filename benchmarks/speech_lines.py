"""How well are callers understood over a real switch: in quiet, in noise, and over a bad network?

Callers send RTP to Asterisk, which brings it to the engine by AudioSocket; they are asked at the pace
of a line. What must not be taken, phrases that are not in the grammar, is the very sound that came
through the switch, heard once more.
"""

import asyncio
import random
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rich.console import Console

from benchmarks import machine
from benchmarks.callers import Clip, clips, noisy
from benchmarks.human import recordings
from benchmarks.load.sip import Wire
from benchmarks.load.voice import Network, Telephone
from benchmarks.report import Claim, Report
from benchmarks.speech import heard
from benchmarks.spoken import Turn, asked, engine
from ivr import resources
from ivr.flow.hotline import Hotline
from ivr.flow.load import load
from ivr.flow.sayable import GUESSED, SURE
from ivr.line.commands import Grammar, Hangup, Listen, Speech
from ivr.line.line import Line
from ivr.switch import install
from ivr.understanding import Understanding
from speech import models
from speech.hearing import Hearing
from speech.recognizer import RATE, Samples
from tests.rig.carrier import HOTLINE_NUMBER
from tests.rig.engine import CHECKOUT
from tests.rig.rig import Switches, running_switches

AT_ONCE = 20
PHRASES = 20
"""In a grammar for the human recordings."""
BEFORE, AFTER = 0.6, 1.2
"""Seconds in which a caller says nothing, around what is said."""

INTENTS = {
    "lost_card": "I lost my card|lost card|report a stolen card|block my card|카드를 잃어버렸어요"
    "|카드 분실 신고를 하려고 합니다",
    "balance": "check my balance|what is my account balance|잔액을 확인하고 싶어요",
    "statement": "recent transactions|거래 내역을 알려 주세요",
    "transfer": "transfer money|해외 송금을 하고 싶습니다",
    "loan": "apply for a loan|mortgage information|대출 상담을 받고 싶습니다",
    "card_activation": "activate my card",
    "pin_reset": "I forgot my password|change my pin|비밀번호를 잊어버렸어요"
    "|비밀번호를 변경하고 싶어요",
    "branch_hours": "find a branch|opening hours|영업시간이 어떻게 되나요"
    "|가장 가까운 지점이 어디예요",
    "details": "update my address|주소를 변경하고 싶어요",
    "fraud": "모르는 결제가 있어요",
    "human": "I want to talk to a person|speak to an agent|상담원 연결해 주세요",
}
"""What is meant by those of the callers' phrases for which the hotline we ship has an intent."""
MEANT = {phrase: intent for intent, said in INTENTS.items() for phrase in said.split("|")}


Share = tuple[int, int]
"""So many, of so many."""
CLEAN = Network()


@dataclass(frozen=True, slots=True)
class Caller:
    """A clip, the phrases that are listened for, and others of which it is none."""

    clip: Clip
    who: str
    phrases: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """What happens to a voice on its way."""

    spoil: Callable[[Samples], Samples]
    network: Network = CLEAN


WAYS: Mapping[str, Way] = {
    "quiet": Way(lambda sound: sound),
    "20 dB SNR": Way(noisy(20)),
    "10 dB SNR": Way(noisy(10)),
    "jitter, 3 % lost": Way(lambda sound: sound, Network(jitter=0.06, loss=0.03)),
}


def run(quick: bool, console: Console) -> Report:
    """Let every caller speak over every line."""
    asterisk = install.install(CHECKOUT, console.print)
    hearing = Hearing(models.recognizers(Path("var/models")))
    callers = [one for one in _callers(console) if one.clip.language in hearing.recognizers]
    callers = callers[:: 6 if quick else 1]
    folder = Path(tempfile.mkdtemp(prefix="careline-speech-"))
    try:
        with running_switches(asterisk, folder) as switches:
            rows, figures = asyncio.run(_run(switches, hearing, callers, console))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    intents = {caller.clip.text for caller in callers} & MEANT.keys()
    return Report(
        name="speech-lines",
        title="Callers understood over a real switch",
        how=(
            f"{len(callers)} turns over each line, A-law in RTP, {AT_ONCE} calls at once; white noise; "
            "jitter: each packet up to 60 ms late, in order. Grammar: all phrases of a language, and "
            f"{PHRASES} for the human recordings. Phrase: heard with a confidence of {GUESSED:g} or "
            f"more; sure: {SURE:g} or more. Intent: of the {len(intents)} phrases for which the "
            "hotline we ship has an intent, the right one is acted on or asked back. "
            "Out: phrases that are not in the grammar, taken for one that is."
        ),
        columns=("line", "callers", "phrase", "sure", "intent", "out, taken", "out, sure"),
        rows=tuple(rows),
        claims=(
            Claim(
                "in quiet, of what is not in the grammar at most 5 % are taken with certainty",
                all(
                    figures[name]["out, sure"][0] <= 0.05 * figures[name]["out, sure"][1]
                    for name in figures
                    if name.startswith("quiet")
                ),
            ),
        ),
        machine=machine.facts(asterisk.version),
        figures=dict(figures),
    )


def _callers(console: Console) -> list[Caller]:
    found: list[Caller] = []
    spoken = clips()
    for language in sorted({clip.language for clip in spoken}):
        own = [clip for clip in spoken if clip.language == language]
        phrases = tuple(sorted({clip.text for clip in own if clip.meant}))
        halves = (phrases[::2], phrases[1::2])
        for clip in own:
            others = next((half for half in halves if clip.text not in half), halves[0])
            found.append(Caller(clip, language, phrases, others))
    human = recordings(CHECKOUT / "var" / "bench" / "recordings", console)
    groups = [human[at : at + PHRASES] for at in range(0, len(human), PHRASES)]
    for place, group in enumerate(groups):
        phrases, others = (
            tuple(clip.text for clip in groups[at % len(groups)]) for at in (place, place + 1)
        )
        found += [Caller(clip, "en, a person", phrases, others) for clip in group]
    return found


async def _run(
    switches: Switches, hearing: Hearing, callers: Sequence[Caller], console: Console
) -> tuple[list[tuple[str, ...]], dict[str, dict[str, Share]]]:
    await hearing.warm_up()
    hotline = load(resources.flows())
    understanding = Understanding(hotline.intents, tuple(hearing.recognizers))
    rows: list[tuple[str, ...]] = []
    figures: dict[str, dict[str, Share]] = {}
    async with engine(switches, hearing, Path()) as lines:
        wire = await Wire.open(
            switches.wiring.carrier, ("127.0.0.1", switches.wiring.sip_port), lambda _: None
        )
        calls = [await _rings(wire, lines, number) for number in range(AT_ONCE)]
        for name, way in WAYS.items():
            turns = await _spoken(calls, callers, way)
            for who in dict.fromkeys(caller.who for caller in callers):
                own = [one for one in turns if one[0].who == who]
                figures[f"{name}, {who}"] = found = await _counted(
                    hearing, hotline, understanding, own
                )
                rows.append((name, who, *map(_share, found.values())))
                console.print("  ", *rows[-1], highlight=False)
        for telephone, line in calls:
            await line.perform(Hangup())
            await telephone.leave()
        wire.close()
    hearing.close()
    return rows, figures


async def _rings(wire: Wire, lines: "asyncio.Queue[Line]", number: int) -> tuple[Telephone, Line]:
    telephone = Telephone(wire, f"1380013{number:04}", HOTLINE_NUMBER, random.Random(number))
    await telephone.until_answered()
    return telephone, await asyncio.wait_for(lines.get(), 5)


async def _spoken(
    calls: Sequence[tuple[Telephone, Line]], callers: Sequence[Caller], way: Way
) -> list[tuple[Caller, Turn]]:
    """Every caller's turn, over this line."""
    left, done = iter(callers), []

    async def call(telephone: Telephone, line: Line) -> None:
        telephone.network = way.network
        for caller in left:
            grammar = Grammar(caller.clip.language, caller.phrases)
            sound = way.spoil(_with_pauses(caller.clip.sound))
            listen = Listen((), patience=5, speech=Speech((grammar,)))
            turn = Turn(caller.clip)
            listening = asyncio.create_task(asked(line, turn, listen))
            await asyncio.wait_for(turn.heard.wait(), 5)
            await telephone.say(sound)
            done.append((caller, await listening))

    await asyncio.gather(*(call(*one) for one in calls))
    return done


async def _counted(
    hearing: Hearing,
    hotline: Hotline,
    understanding: Understanding,
    turns: Sequence[tuple[Caller, Turn]],
) -> dict[str, Share]:
    """What came of turns over one line."""
    phrase = sure = intent = taken = certain = 0
    meant = [(caller, turn) for caller, turn in turns if caller.clip.meant]
    wanted = [(caller, turn) for caller, turn in meant if caller.clip.text in MEANT]
    for caller, turn in meant:
        right = turn.text == caller.clip.text and turn.confidence >= GUESSED
        phrase += right
        sure += right and turn.confidence >= SURE
    for caller, turn in wanted:
        if turn.text and turn.confidence >= GUESSED:
            said = await understanding.understand(
                turn.text, caller.clip.language, (), hotline.intents.names()
            )
            intent += said.answer != "unknown" and said.intent == MEANT[caller.clip.text]
    at_once = asyncio.Semaphore(4)

    async def again(caller: Caller, turn: Turn) -> float:
        came = replace(caller.clip, sound=np.concatenate([*turn.sound, np.zeros(160, np.int16)]))
        async with at_once:
            found = await heard(hearing, came, [caller.others], lambda sound: sound)
        return found.confidence if found is not None else 0.0

    for confidence in await asyncio.gather(*(again(*one) for one in turns)):
        taken += confidence >= GUESSED
        certain += confidence >= SURE
    return {
        "phrase": (phrase, len(meant)),
        "sure": (sure, len(meant)),
        "intent": (intent, len(wanted)),
        "out, taken": (taken, len(turns)),
        "out, sure": (certain, len(turns)),
    }


def _with_pauses(sound: Samples) -> Samples:
    before, after = (np.zeros(round(seconds * RATE), np.int16) for seconds in (BEFORE, AFTER))
    return np.concatenate([before, sound, after])


def _share(part: Share) -> str:
    return f"{part[0]} / {part[1]}" + (f" ({100 * part[0] / part[1]:.0f} %)" if part[1] else "")
