"""python -m benchmarks [NAME ...] [--quick]: measure, print, and keep the figures in var/bench/."""

import argparse
import sys
from collections.abc import Callable

from rich.console import Console

from benchmarks import (
    admission,
    calls_at_once,
    calls_per_second,
    check,
    floor,
    free_to_offer,
    import_callers,
    intents,
    invite,
    quality,
    recordings,
    replay,
    simulated,
    speech,
    speech_lines,
    speech_load,
    speech_open,
    speech_turns,
    words,
)
from benchmarks.report import Report
from tests.rig.engine import CHECKOUT

BENCHMARKS: dict[str, Callable[[bool, Console], Report | None]] = {
    "invite": invite.run,
    "free-to-offer": free_to_offer.run,
    "calls-per-second": calls_per_second.run,
    "load": calls_at_once.run,
    "admission": admission.run,
    "floor": floor.run,
    "simulated": simulated.run,
    "import": import_callers.run,
    "check": check.run,
    "quality": quality.run,
    "replay": replay.run,
    "recordings": recordings.run,
    "intents": intents.run,
    "speech": speech.run,
    "speech-lines": speech_lines.run,
    "speech-turns": speech_turns.run,
    "speech-load": speech_load.run,
    "speech-open": speech_open.run,
    "words": words.run,
}


def main() -> int:
    """Run what was asked for; 1 if a claim does not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--quick", action="store_true", help="a few calls each, to try it out")
    asked = parser.parse_args()
    if unknown := [name for name in asked.names if name not in BENCHMARKS]:
        parser.error(f"there is no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    console = Console()
    held = []
    for name in asked.names or BENCHMARKS:
        console.print(f"\nMeasuring {name} …", highlight=False)
        report = BENCHMARKS[name](asked.quick, console)
        if report is None:  # skipped, and said why
            continue
        report.show(console)
        if not asked.quick:
            console.print(f"  kept in {report.keep(CHECKOUT / 'var' / 'bench')}", highlight=False)
        held.append(report.holds)
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
