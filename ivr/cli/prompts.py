"""careline prompts: build the audio of all prompts, and list what is there."""

from collections import Counter
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from ivr.cli.context import console, require_flows, say, settings
from ivr.errors import BadInput
from ivr.flow.hotline import Hotline
from ivr.flow.load import load
from ivr.line.commands import Spoken
from ivr.prompts import Made, PromptStore, Status
from ivr.said import ahead, fixed
from ivr.settings import Settings
from speech.voices import Voices

app = typer.Typer(
    help="The audio of the prompts: recorded, built or missing.", no_args_is_help=True
)

_COLOUR = {Status.RECORDED: "green", Status.BUILT: "cyan", Status.MISSING: "red"}

Language = Annotated[
    str | None, typer.Option("--language", "-l", help="Only this language, such as zh.")
]


@app.command()
def build(language: Language = None) -> int:
    """Build what is missing and convert new recordings. Exit code 1 if a prompt has no audio."""
    store, hotline, prompts = _prompts(language)
    made = build_all(store, prompts)
    count = Counter(one.status for one in made)
    console.print(", ".join(f"{count[status]} {status}" for status in Status) + ".")
    for problem in dict.fromkeys(one.problem for one in made if one.problem):
        say(problem, "red")
    for recording in store.unheard(fixed(hotline)):
        say(f"{recording} is never played: no prompt of that language is so named.", "yellow")
    return 1 if count[Status.MISSING] else 0


def build_all(store: PromptStore, prompts: list[Spoken]) -> list[Made]:
    """Build what is missing of `prompts` and show how far it is."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task("Prompts", total=len(prompts))

        def progress(made: Made) -> None:
            bar.update(task, advance=1, description=f"{made.spoken.language} {made.spoken.name}")

        made = store.build(prompts, progress)
        bar.update(task, description="Prompts")
    return made


def prompt_store(chosen: Settings) -> PromptStore:
    """Where the hotline's audio is. Recordings belong to no version of the flows."""
    return PromptStore(chosen.var / "prompts", Voices(chosen.voices), chosen.flows / "audio")


@app.command("list")
def list_(
    language: Language = None,
    missing: Annotated[bool, typer.Option("--missing", help="Only what has no audio yet.")] = False,
) -> None:
    """List every prompt that can be built ahead, with what there is of it."""
    store, _, prompts = _prompts(language)
    table = Table("language", "prompt", "speed", "audio", "text", box=None, header_style="dim")
    for spoken in prompts:
        status = store.status(spoken)
        if missing and status is not Status.MISSING:
            continue
        audio = f"[{_COLOUR[status]}]{status}[/]"
        speed = "slow" if spoken.slow else "usual"
        table.add_row(spoken.language, spoken.name, speed, audio, escape(spoken.text))
    console.print(table)


def _prompts(language: str | None) -> tuple[PromptStore, Hotline, list[Spoken]]:
    chosen = settings()
    require_flows(chosen)
    hotline = load(chosen.flows)
    prompts = [one for one in ahead(hotline) if language in (None, one.language)]
    if not prompts:
        raise BadInput(
            f'no prompts in the language "{language}": there is no prompts.{language}.yaml'
        )
    return prompt_store(chosen), hotline, prompts
