"""careline init: begin a hotline from the example."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from ivr import resources
from ivr.cli.context import say
from ivr.errors import BadInput
from ivr.settings import FILE, template


def init(
    folder: Annotated[Path, typer.Argument(help="Where the hotline will live.")] = Path(),
) -> None:
    """Begin a hotline in FOLDER: the example flows, and a careline.toml to set what is particular.

    Nothing that is there already is changed.
    """
    flows = folder / "flows"
    if flows.exists():
        raise BadInput(f"{flows} exists already, so nothing was changed; choose another folder.")
    shutil.copytree(resources.flows(), flows, ignore=shutil.ignore_patterns(".*"))
    if not (folder / FILE).exists():
        (folder / FILE).touch(mode=0o600)  # it may come to hold a secret
        (folder / FILE).write_text(template(), encoding="utf-8")
    say(f"The example hotline is in {flows}, its settings in {folder / FILE}.")
    go = "" if folder.resolve() == Path.cwd() else f"cd {folder} && "
    say(f"Next: {go}careline switch install")
