"""careline models: what callers can be understood by, and how it gets here."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from ivr.cli.context import console, say, settings
from ivr.doctor.ears import unheard
from ivr.errors import BadInput, CarelineError, HearingError
from ivr.flow.load import load
from ivr.hearing import FOLDER
from speech import catalogue, models
from speech.catalogue import OFFICIAL
from speech.models import Model

app = typer.Typer(help="The models by which callers are understood.", no_args_is_help=True)

_ORIGINS = {
    "installed": "careline models install",
    "package": "a Python package",
    "extra": "the extra english",
}

Offered = Annotated[
    bool, typer.Option("--offered", help="What could be installed, from Vosk's own list.")
]
Large = Annotated[
    bool, typer.Option("--large", help="The large model: better, slower to load, gigabytes.")
]
From = Annotated[
    str | None,
    typer.Option(
        "--from",
        help="A model as a zip file or folder that is here, or the address of a list like Vosk's.",
    ),
]


@app.command("list")
def list_(offered: Offered = False, source: From = None) -> int:
    """List the models that are here, or with --offered those that could be."""
    if offered:
        table = Table("language", "name", "size")
        for offer in catalogue.offers(source or OFFICIAL):
            table.add_row(offer.language, offer.name, f"{offer.size / 1e6:,.0f} MB")
        console.print(table)
        return 0
    found = models.found(_folder())
    table = Table("language", "name", "from", "used")
    used = set(models.used(_folder()).values())
    for model in found:
        table.add_row(
            model.language, model.name, _ORIGINS[model.origin], "yes" if model in used else ""
        )
    console.print(table)
    if not found:
        say("Callers can press keys only. Install a model: careline models install LANGUAGE.")
    elif told := unheard(settings(), _served()):
        say(told, "yellow")
    return 0


@app.command()
def install(
    language: Annotated[str, typer.Argument(help="The language's tag, such as ko or zh.")],
    large: Large = False,
    source: From = None,
) -> int:
    """Fetch a language's model, check it, and put it where the hotline finds it.

    A fetch that was cut off goes on where it ended.
    """
    if not language.isascii() or not language.isalpha():
        raise BadInput(f"{language!r} is no language: a tag such as ko or zh was expected.")
    if source is not None and "://" not in source:
        place = catalogue.install_from(Path(source), language, _folder())
    else:
        offer = catalogue.choose(catalogue.offers(source or OFFICIAL), language, large=large)
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
        with Progress(*columns, TransferSpeedColumn(), console=console) as bar:
            task = bar.add_task(offer.name, total=offer.size)

            def progress(have: int, whole: int | None) -> None:
                bar.update(task, completed=have, total=whole or offer.size)

            place = catalogue.install(offer, _folder(), progress)
    say(f"{place} is installed. A running hotline uses it when it is started again.")
    return 0


@app.command()
def verify() -> int:
    """Check that every model is whole and can be loaded, and knows what callers are to say.

    Exit code 1 if one is not whole. A phrase of intents.*.yaml with a word that its model cannot
    put together from words it knows will hardly be understood.
    """
    wrong, said = 0, _said()
    for model in models.found(_folder()):
        damaged = catalogue.damage(model.folder) if model.folder is not None else []
        failure, unsayable = _tried(model, said.get(model.language, []))
        failure = "; ".join(damaged) or failure
        wrong += bool(failure)
        say(f"{model.language}  {model.name}: {failure or 'good'}", "red" if failure else "green")
        for phrase, words in unsayable.items():
            say(f"    cannot hear {', '.join(words)} in “{phrase}”", "yellow")
    return 1 if wrong else 0


def _tried(model: Model, phrases: list[str]) -> tuple[str, dict[str, tuple[str, ...]]]:
    """Why a model cannot be loaded, if so; else which phrases it cannot hear, with the words."""

    async def tried() -> tuple[str, dict[str, tuple[str, ...]]]:
        recognizer = models.recognizer(model)
        try:
            await recognizer.warm_up()
            return "", recognizer.unsayable(phrases)
        except HearingError as error:
            return str(error), {}
        finally:
            recognizer.close()

    return asyncio.run(tried())


def _served() -> tuple[str, ...]:
    """The languages of the hotline; none where there is no hotline, or one that is not sound."""
    try:
        return tuple(load(settings().flows).center.center.languages)
    except (CarelineError, OSError):
        return ()


def _said() -> dict[str, list[str]]:
    """What the hotline's callers are to say, by language."""
    chosen = settings()
    if not chosen.flows.is_dir():
        return {}
    intents = load(chosen.flows).intents
    return {
        language: [
            phrase
            for said in (
                *intents.examples.get(language, {}).values(),
                *intents.words.get(language, {}).values(),
            )
            for phrase in said
        ]
        for language in intents.sources
    }


def _folder() -> Path:
    return settings().var / FOLDER
