"""careline schema: what editors and people are told of the flow files."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ivr.cli.context import console, settings
from ivr.errors import BadInput
from ivr.flow.reference import reference
from ivr.flow.schema import schemas


def schema(
    path: Annotated[Path | None, typer.Argument(help="The folder of the flow files.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when something is out of date.")
    ] = False,
) -> int:
    """Write the JSON Schemas of the flow files and their reference, README.md."""
    folder = path or settings().flows
    if not folder.is_dir():
        raise BadInput(f"{folder} is no folder; expected the one with the flow files")
    old = [name for name, text in generated().items() if _text(folder / name) != text]
    if not check:
        (folder / "schema").mkdir(exist_ok=True)
        for name, text in generated().items():
            (folder / name).write_text(text, encoding="utf-8")
    for name in old:
        console.print(f"{folder / name} {'is out of date' if check else 'written'}")
    if not old:
        console.print(f"The schemas and README.md in {folder} are up to date.")
    return 1 if check and old else 0


def generated() -> dict[str, str]:
    """Every generated file, by its path within the folder of the flows."""
    files = {
        f"schema/{name}": json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        for name, content in schemas().items()
    }
    return {**files, "README.md": reference()}


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
