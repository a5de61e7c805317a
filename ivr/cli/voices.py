"""careline voices: which voices read the prompts, and more of them."""

from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from ivr.cli.context import console, say, settings
from speech import piper, voices
from speech.voice import READINGS

app = typer.Typer(help="The voices that read what nobody recorded.", no_args_is_help=True)


@app.command("list")
def list_() -> None:
    """List the voices there are; the first of a language reads its prompts."""
    table = Table("language", "voice", "where", box=None, header_style="dim")
    there = voices.found(settings().voices) if piper.installed() else []
    for one in sorted(there, key=lambda one: one.language):
        table.add_row(one.language, one.name, str(one.model.parent))
    for language in READINGS:
        if not any(one.language == language for one in there):
            table.add_row(language, "espeak-ng", "built in")
    console.print(table)
    if not piper.installed():
        say("Better voices need Piper: pip install 'careline[piper]'", "yellow")


@app.command("install")
def install(
    language: Annotated[str, typer.Argument(help="The language, such as zh.")],
    source: Annotated[
        str, typer.Option("--from", help="A mirror's address, a folder, or a file NAME.onnx.")
    ] = voices.OFFICIAL,
    name: Annotated[str | None, typer.Option("--voice", help="A certain voice by name.")] = None,
) -> None:
    """Fetch a voice of Piper, and have it read the language from now on."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TransferSpeedColumn(), console=console) as bar:
        task = bar.add_task(f"Voice for {language}", total=None)

        def progress(have: int, total: int | None) -> None:
            bar.update(task, completed=have, total=total)

        voice = voices.install(language, settings().voices, source, name, progress)
    console.print(f"{voice.name} reads {language}. Now: careline prompts build", highlight=False)
    if not piper.installed():
        say("It is used once Piper is there: pip install 'careline[piper]'", "yellow")
