"""careline init: begin a hotline from the example."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from ivr import resources
from ivr.cli.context import console
from ivr.errors import BadInput


def init(
    folder: Annotated[Path, typer.Argument(help="Where the hotline will live.")] = Path(),
) -> None:
    """Begin a hotline: copy the example flows into FOLDER/flows."""
    target = folder / "flows"
    if target.exists():
        raise BadInput(f"{target} exists already; nothing was changed")
    shutil.copytree(resources.flows(), target)
    console.print(f"The example hotline is in {target}. Next: careline switch install")
