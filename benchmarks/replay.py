"""What would other rules have made of two weeks of a bank's calls? First: does the model fit them?"""

import os
from collections import defaultdict
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter

from rich.console import Console

from benchmarks import machine
from benchmarks.report import Claim, Report
from ivr.replay import table
from ivr.replay.app_queue import BEST, DEFAULTS
from ivr.replay.bank import CREDIT, read_bank
from ivr.replay.bound import most_answered
from ivr.replay.calibration import ALLOWED, FEW, Fit, fits
from ivr.replay.figures import estimates
from ivr.replay.play import Stage, Way
from ivr.replay.rules import AHEAD, elderly, elders_first, in_order
from ivr.replay.scene import Caller
from ivr.replay.table import Side
from ivr.replay.trace import Trace
from tests.rig.engine import CHECKOUT

FILE = "bank-calls-1999-08-first-half.csv"
DATA = Path(os.environ.get("BENCH_DATA", CHECKOUT.parent / "shared" / "data"))
SEEDS, QUICK_SEEDS = 8, 2
AWAY = (5.0, 15.0, 30.0, 60.0)
"""The gaps, in minutes, from which on an agent is taken to be away, that are tried."""

TAKEN = 30.0
OVER_60 = 0.2
WEEKS_A_MONTH = 31 / 14


def _credit(caller: Caller) -> float:
    return CREDIT[caller.priority]


BANK = "the bank's own order (the model)"
OURS = "Careline, the elderly first"
STRAIGHT = "Careline, the elderly straight to any agent"
MINUTES = "so too, `keep_free: 1` and ten minutes ahead"
KEPT = "so too, `keep_free: 1`"
KEPT_2 = "so too, `keep_free: 2`"

WAYS: dict[str, Way] = {
    BANK: in_order(BANK, _credit),
    "first come, first served": in_order("fifo", lambda _: 0.0),
    "strict priority": in_order("strict", lambda caller: caller.priority * AHEAD),
    "app_queue, its defaults": DEFAULTS,
    "app_queue, autofill on, ringinuse off": BEST,
    "the same, the elderly by QUEUE_PRIO": replace(BEST, priority=lambda one: 10 * elderly(one)),
    OURS: elders_first(OURS, _credit),
    STRAIGHT: elders_first(STRAIGHT, _credit, by_kind=False),
    MINUTES: elders_first(MINUTES, _credit, by_kind=False, keep_free=1, ahead=600.0),
    KEPT: elders_first(KEPT, _credit, by_kind=False, keep_free=1),
    KEPT_2: elders_first(KEPT_2, _credit, by_kind=False, keep_free=2),
}


def run(quick: bool, console: Console) -> Report | None:
    """Calibrate, then play every set of rules; None where there is no trace."""
    path = DATA / FILE
    if not path.is_file():
        console.print(f"  Skipped: the bank's trace {FILE} is not in {DATA}.", highlight=False)
        return None
    trace = read_bank(path)
    seeds = range(1, 1 + (QUICK_SEEDS if quick else SEEDS))
    calibrated = {away: _calibrate(trace, away, seeds[:2]) for away in AWAY if away != TAKEN}
    stage = Stage(trace, seeds, away=TAKEN * 60, over_60=OVER_60, pace="call")
    sides, slowest = [], 0.0
    for name, way in WAYS.items():
        began = perf_counter()
        sides.append(Side(name, stage.play(way)))
        slowest = max(slowest, (perf_counter() - began) / len(seeds))
    calibrated[TAKEN] = fits(trace, sides[0].runs)
    known, unknown = _bounds(trace, stage)
    _show(console, trace, sides, calibrated)
    report = _report(trace, sides, calibrated[TAKEN], (known, unknown), slowest, len(seeds))
    _tell(console, "\n" + table.markdown(report.columns, report.rows))
    return report


def _calibrate(trace: Trace, away: float, seeds: range) -> tuple[Fit, ...]:
    stage = Stage(trace, seeds, away=away * 60, over_60=OVER_60, pace="call")
    return fits(trace, stage.play(WAYS[BANK]))


def _bounds(trace: Trace, stage: Stage) -> tuple[float, float]:
    """The share of callers that nobody could exceed: knowing each talk's length, and not."""
    talks: dict[str, list[float]] = defaultdict(list)
    for call in trace.calls:
        if call.answered:
            talks[call.kind].append(call.talk)
    mean = {kind: sum(lengths) / len(lengths) for kind, lengths in talks.items()}
    take = stage.takes[0]

    def length(caller: Caller) -> float:
        return stage.talks.length(caller.kind, caller.matter, "")

    known = most_answered(take.scene, take.shifts, length)
    unknown = most_answered(take.scene, take.shifts, lambda caller: mean[caller.kind])
    return known / len(take.scene), unknown / len(take.scene)


def _show(
    console: Console, trace: Trace, sides: list[Side], calibrated: dict[float, tuple[Fit, ...]]
) -> None:
    tell = partial(_tell, console)
    tell("\nThe bank as it was, and the model of it (agents away in gaps over 30 min):\n")
    figures = ("", "calls", "figure", "was", "model", "off")
    tell(table.markdown(figures, [_fit_row(fit) for fit in calibrated[TAKEN]]))
    tell("\nHow far the model is off, by the gap that means away:\n")
    heading = ("away in gaps over", "answered", "gave up", "mean wait", "within 15 s of answered")
    rows = [
        (f"{away:.0f} min", *(f"{100 * fit.off:+.1f} %" for fit in found[:4]))
        for away, found in sorted(calibrated.items())
    ]
    tell(table.markdown(heading, rows))
    tell("\nMean wait of the answered, by kind of call and age:\n")
    kinds = [kind for kind in table.kinds(sides) if _count(trace, kind) >= FEW]
    tell(table.markdown(("", "over 60", "others", *kinds), [_wait_row(s, kinds) for s in sides]))
    tell("\nWho gave up, by kind of call and age:\n")
    tell(table.markdown(("", "over 60", "others", *kinds), [_gone_row(s, kinds) for s in sides]))


def _tell(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _count(trace: Trace, kind: str) -> int:
    return sum(call.kind == kind for call in trace.calls)


def _fit_row(fit: Fit) -> tuple[str, ...]:
    form = "{:.0f} s" if "wait" in fit.measure else "{:.1%}"
    few = "" if fit.judged else ", too few calls to say"
    mark = "" if fit.holds or not fit.judged else " **over 5 %**"
    off = f"{100 * fit.off:+.1f} %{mark}{few}"
    was, model = form.format(fit.was), form.format(fit.model)
    return (fit.group, f"{fit.calls:,}", fit.measure, was, model, off)


def _by_class(side: Side, kinds: list[str], measure: str) -> list[float]:
    parts = [table.elderly, table.others, *map(table.of_kind, kinds)]
    return [estimates(side.figures(which))[measure].mean for which in parts]


def _wait_row(side: Side, kinds: list[str]) -> tuple[str, ...]:
    found = _by_class(side, kinds, "wait")
    return (side.name, *(f"{w:.0f} s" if w >= 20 else f"{w:.1f} s" for w in found))


def _gone_row(side: Side, kinds: list[str]) -> tuple[str, ...]:
    return (side.name, *(f"{100 - 100 * a:.1f} %" for a in _by_class(side, kinds, "answered")))


def _report(
    trace: Trace,
    sides: list[Side],
    fitted: tuple[Fit, ...],
    bounds: tuple[float, float],
    slowest: float,
    seeds: int,
) -> Report:
    known, unknown = bounds
    answered = {side.name: estimates(side.figures())["answered"].mean for side in sides}
    elders = {side.name: estimates(side.figures(table.elderly))["wait"].mean for side in sides}
    gone = {side.name: estimates(side.figures(table.others))["answered"].mean for side in sides}
    columns = (*table.HEADING, "over 60: mean wait", "others gave up", "of the bound")
    overall = [fit for fit in fitted if fit.group == "all calls"]
    judged = [fit for fit in fitted if fit.judged]
    columns = ("rules", *columns[1:])
    missed = [f"{f.group}: {f.measure} {100 * f.off:+.0f} %" for f in judged if not f.holds]
    fit_sentence = (
        f"{len(judged) - len(missed)} of {len(judged)} figures by class are within 5 %; these are "
        f"not: {'; '.join(missed)}"
    )
    return Report(
        name="replay",
        title=f"{len(trace.calls):,} calls of a bank, 1 to 14 August 1999, under other rules",
        how=(
            "The same callers, patience, talks and agents for all. Agents are there where the trace "
            f"shows them, away in gaps over {TAKEN:.0f} min, not ready while a call they serve "
            "waited, and serve a kind where they did not pass it over. Customers have the priority "
            "they were served by. Patience of the served is drawn from Kaplan and Meier's estimate "
            "by kind, priority and how many wait, given what they did wait; one caller in five is "
            "over 60. "
            "The bank's order is 90 s of head start for each of its priorities. Service level: "
            f"answered within so long, of all who asked. Means of {seeds} seeds. Nobody could have "
            f"answered {100 * known:.0f} % even knowing how long everybody will talk and wait; not "
            f"knowing the lengths of talks nobody could exceed {100 * unknown:.0f} %, the bound of the "
            f"last column. In calibration, {fit_sentence}."
        ),
        columns=columns,
        rows=tuple(
            (
                *table.row(side.name, side.figures()),
                f"{elders[side.name]:.1f} s",
                f"{100 - 100 * gone[side.name]:.1f} %",
                f"{100 * answered[side.name] / unknown:.0f} %",
            )
            for side in sides
        ),
        claims=(
            *(
                Claim(
                    f"the model's figure of all calls, {fit.measure}, is within 5 % of the bank's",
                    abs(fit.off) <= ALLOWED,
                )
                for fit in overall
            ),
            Claim(
                "answered, abandonment and mean wait of every class of 200 calls or more are within "
                "5 % of the bank's",
                all(fit.holds for fit in judged if "15 s" not in fit.measure),
            ),
            Claim(
                "with two agents kept free for them, the elderly wait under 6 s", elders[KEPT_2] < 6
            ),
            Claim("a month is replayed in under a minute", slowest * WEEKS_A_MONTH < 60.0),
        ),
        machine=machine.facts(),
        figures={
            "bound": {"knowing talks": known, "not knowing them": unknown},
            "seconds a replay": slowest,
            "calibration": [
                {"class": f.group, "figure": f.measure, "was": f.was, "model": f.model}
                for f in fitted
            ],
            "rules": {
                side.name: {m: e.mean for m, e in estimates(side.figures()).items()}
                for side in sides
            },
        },
    )
