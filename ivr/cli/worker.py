"""careline worker: look at the recordings that wait for it, in any number of processes."""

import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.context import SpawnProcess
from threading import Event
from typing import Annotated

import typer

from ivr import logs
from ivr.cli.context import database, require_hotline, say, settings
from ivr.errors import CarelineError

log = logging.getLogger(__name__)

GENTLE = 10
"""By how much a worker is less urgent than others (nice): calls on the same machine come first."""
SOON = 5.0  # seconds after which a process that died is begun anew


def worker(
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, and end.")] = False,
    processes: Annotated[int, typer.Option(min=1, max=64, help="Processes side by side.")] = 1,
) -> int:
    """Look at recordings: measure, take down, judge. Ends by ^C or SIGTERM, and loses nothing.

    Any number of workers may run, on every machine that reaches the database, the folder of the
    recordings (var/recordings) and their private key.
    """
    chosen = settings()
    require_hotline(chosen)
    logs.begin(logging.getLogger().level, chosen.log_format)
    with _until_stopped() as stop:
        running = [_begun(once) for _ in range(processes)]
        try:
            return _wait(running, stop) if once else _keep(running, stop)
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.join()


def _wait(running: list[SpawnProcess], stop: Event) -> int:
    """Until each has found nothing more to do; 1 if one failed."""
    while not stop.is_set() and any(process.exitcode is None for process in running):
        stop.wait(0.05)
    return int(any(process.exitcode not in (0, None) for process in running))


def _keep(running: list[SpawnProcess], stop: Event) -> int:
    """Until we are to stop; a process that dies before is begun anew."""
    while not stop.wait(1.0):
        for place, process in enumerate(running):
            if process.exitcode is not None and not stop.wait(SOON):
                log.error("a worker ended with %s; another begins", process.exitcode)
                running[place] = _begun(once=False)
    return 0


def _begun(once: bool) -> SpawnProcess:
    """A process of its own: a library that crashes takes nothing else with it."""
    level = logging.getLogger().level
    process = multiprocessing.get_context("spawn").Process(target=_work, args=(once, level))
    process.start()
    return process


def _work(once: bool, level: int) -> None:
    from ivr.quality.making import reviewer  # noqa: PLC0415  loads Vosk: the parent needs none
    from ivr.quality.worker import Worker  # noqa: PLC0415

    logs.begin(level, settings().log_format)
    os.nice(GENTLE)
    try:
        with _until_stopped() as stop, database() as opened, reviewer(settings(), opened) as looks:
            count = Worker(opened, looks, lambda: datetime.now(UTC), stop).run(once=once)
    except CarelineError as error:
        log.error("%s", error)
        sys.exit(1)
    if once:
        say(f"{count} recordings were looked at.")


@contextmanager
def _until_stopped() -> Iterator[Event]:
    """An event that ^C and SIGTERM set."""
    stop = Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
