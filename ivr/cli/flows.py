"""Commands about the flow files: begin a hotline, check one."""

import json
import shutil
from pathlib import Path
from typing import Annotated

import typer

from ivr import resources
from ivr.cli.context import console, settings
from ivr.errors import BadInput
from ivr.flow.load import load
from ivr.flow.problem import BrokenFlow, Problem


def init(
    folder: Annotated[Path, typer.Argument(help="Where the hotline will live.")] = Path(),
) -> None:
    """Begin a hotline: copy the example flows into FOLDER/flows."""
    target = folder / "flows"
    if target.exists():
        raise BadInput(f"{target} exists already; nothing was changed")
    shutil.copytree(resources.flows(), target)
    console.print(f"The example hotline is in {target}. Next: careline switch install")


def check(
    path: Annotated[Path | None, typer.Argument(help="The folder of the flow files.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the problems as JSON.")] = False,
) -> int:
    """Say what is wrong with the flow files, each mistake with its file, line and column."""
    problems: tuple[Problem, ...] = ()
    try:
        hotline = load(path or settings().flows)
    except BrokenFlow as broken:
        problems = broken.problems
        if not as_json:
            raise
    if as_json:
        rows = [
            {
                "path": p.spot.path,
                "line": p.spot.line,
                "column": p.spot.column,
                "message": p.message,
                "rule": p.rule,
            }
            for p in problems
        ]
        console.print_json(json.dumps(rows, ensure_ascii=False))
        return 1 if problems else 0
    steps = sum(len(flow.steps) for flow in hotline.flows.values())
    console.print(f"{len(hotline.flows)} flows with {steps} steps: no problem found")
    return 0
