"""careline test: do the calls of *.calls.yaml go as they are written?"""

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from rich.markup import escape

from ivr.cli.context import console, settings
from ivr.cli.intents import tried_sentences
from ivr.errors import BadInput
from ivr.flow.calls import read_calls
from ivr.flow.load import load
from ivr.trial.case import Tried, try_cases
from ivr.trial.coverage import Coverage
from ivr.trial.junit import write_junit


def test(
    path: Annotated[
        Path | None, typer.Argument(help="The folder of the flow files, or one *.calls.yaml.")
    ] = None,
    junit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the results as JUnit XML.")
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Fail also when a step or exit is untested.")
    ] = False,
) -> int:
    """Try the calls of *.calls.yaml and the sentences of intents.tests.yaml.

    Says which steps and exits no call takes.
    """
    began = perf_counter()
    where = path or settings().flows
    if not where.exists():
        raise BadInput(f"{where} does not exist; expected a folder of flow files or a .calls.yaml")
    hotline = load(where if where.is_dir() else where.parent)
    cases = read_calls(where, hotline)
    if not cases:
        raise BadInput(
            f"there are no calls to try in {where}; write some into main.calls.yaml, or let "
            "`careline simulate --save main` do it"
        )
    coverage = Coverage(hotline)
    tried = try_cases(coverage.hotline, cases)
    for one in tried:
        coverage.add(one.trial.events)
    if junit is not None:
        write_junit(junit, tried)
    _tell_calls(tried, perf_counter() - began)
    untested = _tell_coverage(coverage) if where.is_dir() else 0
    misunderstood = tried_sentences(where, hotline) if where.is_dir() else []
    for problem in misunderstood:
        console.print(escape(str(problem)), highlight=False, soft_wrap=True)
    failed = misunderstood or any(one.problems for one in tried)
    return 1 if failed or (full and untested) else 0


def _tell_calls(tried: Sequence[Tried], seconds: float) -> None:
    for one in tried:
        if one.problems:
            where = f"{one.case.source.path}:{one.case.source.value(one.case.loc).line}"
            console.print(f"[red]not as written[/] {where} {escape(one.case.spec.call)}")
        for problem in one.problems:
            console.print(escape(str(problem)), highlight=False, soft_wrap=True)
    bad = sum(bool(one.problems) for one in tried)
    verdict = f"[red]{bad} not as written[/]" if bad else "[green]all as written[/]"
    lasted = sum(
        (one.trial.events[-1].at - one.trial.events[0].at).total_seconds() for one in tried
    )
    console.print(
        f"{len(tried)} calls of {lasted / 60:.0f} minutes tried in {seconds:.1f} s: {verdict}",
        highlight=False,
    )


def _tell_coverage(coverage: Coverage) -> int:
    untested = coverage.untested()
    parts = len(coverage.all())
    console.print(
        f"{parts - len(untested)} of {parts} steps, exits and rules are tested", highlight=False
    )
    for part in untested:
        console.print(f"  untested: {part.spot} {part.name}", highlight=False, markup=False)
    return len(untested)
