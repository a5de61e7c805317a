"""How many hours of talks does a worker look at in an hour, by what, and how much more do two?"""

import multiprocessing
import resource
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle, islice
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from threading import Event

import numpy as np
from rich.console import Console

from benchmarks import machine
from benchmarks.callers import Clip, clips
from benchmarks.report import Claim, Report
from ivr.flow.files import FlowFiles
from ivr.quality.making import reviewer
from ivr.quality.worker import Worker
from ivr.resources import flows
from ivr.settings import Settings
from ivr.store.database import Database
from ivr.store.wanted import Wanted
from recordings.sound import RATE, Samples
from speech import models
from tests.quality.talks import keep

LANGUAGE = "ko"
TALKS, QUICK_TALKS = 4, 2
LASTS = 60.0  # seconds of a talk
PAUSES = (0.4, 0.8, 1.5, 2.5)  # seconds between turns, in turn
STAGES = ("open", "measure", "transcribe", "judge")
FASTER = 1.0
"""Hours of talk an hour of processor that we promise: a core keeps up with a line that never rests."""


@dataclass(frozen=True, slots=True)
class Done:
    """What one worker did: seconds by stage, of processor time (ffmpeg included), and of the clock."""

    spent: Mapping[str, float]
    cpu: float
    wall: float


def run(quick: bool, console: Console) -> Report | None:
    """Measure one and two workers on the same talks; None where there are no callers or model."""
    spoken = [clip for clip in clips() if clip.language == LANGUAGE]
    if not spoken or LANGUAGE not in models.used(Path("var/models")):
        console.print("  Skipped: it needs Korean callers and the Korean model.", highlight=False)
        return None
    count = QUICK_TALKS if quick else TALKS
    others = machine.Others([])
    done: dict[int, list[Done]] = {}
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made"
        seconds = _make(made, spoken, count)
        for workers in (1, 2):
            home = Path(folder) / f"with-{workers}"
            shutil.copytree(made, home)
            done[workers] = _work(home, workers)
            _judge_whole(home, count)
            wall = max(one.wall for one in done[workers])
            console.print(f"  {workers} workers: {seconds / wall:.2f} × real time", highlight=False)
    return _report(done, seconds, others.share(), count)


def _make(home: Path, spoken: list[Clip], count: int) -> float:
    """A hotline with so many talks; how many seconds of talk that are."""
    voices, seconds = cycle(spoken), 0.0
    with Database.open(f"sqlite:///{home}/var/careline.db") as database:
        database.versions.add(
            FlowFiles.read(flows()), onto=None, at=datetime.now(UTC), who="bench", why=""
        )
        for number in range(count):
            caller, agent = _talk([next(voices) for _ in range(40)])
            keep(database, home / "var", str(number), caller, agent, language=LANGUAGE)
            seconds += len(caller) / RATE
    return seconds


def _talk(turns: list[Clip]) -> tuple[Samples, Samples]:
    """Two people in turn, with pauses between, for as long as a talk lasts."""
    sides: tuple[list[Samples], list[Samples]] = ([], [])
    pauses = islice(cycle(PAUSES), len(turns))
    for number, (turn, pause) in enumerate(zip(turns, pauses, strict=True)):
        sound = np.concatenate([turn.sound, np.zeros(round(pause * RATE), np.int16)])
        sides[number % 2].append(sound)
        sides[1 - number % 2].append(np.zeros_like(sound))
    caller, agent = (np.concatenate(side)[: round(LASTS * RATE)] for side in sides)
    return caller, agent


def _work(home: Path, workers: int) -> list[Done]:
    context = multiprocessing.get_context("spawn")
    ready, told = context.Barrier(workers), context.Queue()
    running = [context.Process(target=_worker, args=(home, ready, told)) for _ in range(workers)]
    for process in running:
        process.start()
    done: list[Done] = [told.get(timeout=1800) for _ in running]
    for process in running:
        process.join()
    return done


def _worker(home: Path, ready: Barrier, told: "Queue[Done]") -> None:
    settings = Settings(home=home, database_url=None)
    nothing = np.zeros(RATE, np.int16)
    with Database.open(settings.url) as database, reviewer(settings, database) as looks:
        # The model is loaded once in a worker's life, and is not what is measured.
        looks.dictation.words(LANGUAGE, nothing, np.zeros(31, np.bool_), lambda: None)
        worker = Worker(database, looks, lambda: datetime.now(UTC), Event())
        ready.wait()
        begun, cpu = time.perf_counter(), _cpu()
        worker.run(once=True)
        told.put(Done(looks.spent, _cpu() - cpu, time.perf_counter() - begun))


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _judge_whole(home: Path, count: int) -> None:
    """Every talk was looked at once, and words of both sides were taken down."""
    with Database.open(f"sqlite:///{home}/var/careline.db") as database:
        found = database.reviews.find(Wanted())
        assert len(found) == count
        assert all(review.caller_rate and review.agent_rate for _, review in found)
        assert sum(entry.act == "reviewed" for entry in database.audit.entries()) == count


def _shares(ran: list[Done]) -> dict[str, float]:
    whole = sum(sum(worker.spent.values()) for worker in ran)
    return {stage: sum(one.spent.get(stage, 0.0) for one in ran) / whole for stage in STAGES}


def _report(done: dict[int, list[Done]], seconds: float, others: float, count: int) -> Report:
    shares = {workers: _shares(ran) for workers, ran in done.items()}
    walls = {workers: max(worker.wall for worker in ran) for workers, ran in done.items()}
    cpus = {workers: sum(worker.cpu for worker in ran) for workers, ran in done.items()}
    gain = walls[1] / walls[2]
    rows = tuple(
        (
            str(workers),
            f"{seconds / walls[workers]:.1f} h",
            f"{seconds / cpus[workers]:.1f} h",
            f"{walls[1] / walls[workers]:.2f}",
            *(f"{100 * shares[workers][stage]:.1f} %" for stage in STAGES),
        )
        for workers in done
    )
    return Report(
        name="quality",
        title="Hours of talk that workers look at",
        how=(
            f"{count} talks of {LASTS:.0f} s, two Korean speakers in turn, sealed as they are kept; "
            "one worker, then two on a copy, on as many cores as below. The last columns are each "
            "stage's share of the workers' time; loading the model is apart. Meanwhile "
            f"{100 * others:.0f} % of the machine was used in all, these workers included. Counted is "
            "what was kept: every talk once, with words of both sides."
        ),
        columns=("workers", "an hour", "an hour of processor", "beside one worker", *STAGES),
        rows=rows,
        claims=(
            Claim(
                "an hour of processor looks at an hour of talk or more",
                seconds / cpus[1] >= FASTER,
            ),
        ),
        machine=machine.facts(),
        figures={
            "seconds of talk": seconds,
            "wall": walls,
            "processor": cpus,
            "shares": shares,
            "two beside one": gain,
            "spent by two": [dict(worker.spent) for worker in done[2]],
        },
    )
