"""careline check: what is wrong with the flow files, and how far is a human from each step?"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from ivr.cli.context import console, database, say, settings
from ivr.doctor.ears import unheard
from ivr.doctor.words import POORLY_SPOKEN, hard_to_understand, remedy_for
from ivr.errors import BadInput, CarelineError, HearingError
from ivr.flow.calls import read_calls
from ivr.flow.figures import Figures
from ivr.flow.hotline import Hotline, Place
from ivr.flow.inspection import Skills
from ivr.flow.load import Checked
from ivr.flow.load import check as find_problems
from ivr.flow.problem import BrokenFlow, Problem, errors
from ivr.flow.proof import Proof
from ivr.hearing import FOLDER
from ivr.prompts import PromptStore
from ivr.settings import Settings
from speech import models
from speech.vocabulary import Words, vocabulary
from speech.voices import Voices


def check(
    path: Annotated[Path | None, typer.Argument(help="The folder of the flow files.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the problems as JSON.")] = False,
    proof: Annotated[
        bool, typer.Option("--proof", help="Print how far a human is from every step.")
    ] = False,
) -> int:
    """Say what is wrong with the flow files, each mistake with its file, line and column.

    Warnings do no harm to callers; only errors make the exit code 1.
    """
    chosen = settings()
    folder = path or chosen.flows
    if not folder.is_dir():
        raise BadInput(f"{folder} is no folder; expected the one with center.yaml in it")
    agents = _agents(chosen) if path is None else None
    checked = find_problems(folder, agents, _vocabularies(chosen, folder))
    problems = [
        _located(problem, folder) for problem in (*checked.problems, *_of_calls(folder, checked))
    ]
    if as_json:
        typer.echo(json.dumps([_row(problem) for problem in problems], ensure_ascii=False))
    else:
        _tell(checked, problems)
        if path is None and checked.hotline is not None:
            _warn_of_voices(chosen, checked.hotline)
            _warn_of_ears(chosen, checked.hotline)
        if proof and checked.inspection is not None and checked.hotline is not None:
            _show(checked.inspection.proof)
    return 1 if errors(problems) else 0


def _agents(chosen: Settings) -> Sequence[Skills] | None:
    """The skills of all agents, where there is a database with agents in it."""
    if chosen.database_url is None and not (chosen.var / "careline.db").exists():
        return None
    try:
        with database() as db:
            return [agent.skills for agent in db.agents.list()] or None
    except CarelineError as error:
        say(f"The agents' skills are not checked: {error}", "yellow")
        return None


def _vocabularies(chosen: Settings, folder: Path) -> Mapping[str, Words]:
    """The words that each language's recognizer can hear, of the languages that callers speak."""
    known: dict[str, Words] = {}
    for language, model in models.used(chosen.var / FOLDER).items():
        if (folder / f"intents.{language}.yaml").exists():
            try:
                known[language] = vocabulary(model, chosen.var / FOLDER)
            except HearingError as error:
                say(f"What callers say in {language} is not checked: {error}", "yellow")
    return known


def _warn_of_voices(chosen: Settings, hotline: Hotline) -> None:
    """Name the languages that callers hear but hardly understand; no mistake of the flow files."""
    voices = Voices(chosen.voices)
    store = PromptStore(chosen.var / "prompts", voices, chosen.flows / "audio")
    for language in hard_to_understand(store, hotline, voices):
        sentence = f"{POORLY_SPOKEN[language]}: {remedy_for(language)}"
        typer.secho(sentence, err=True, fg="yellow")


def _warn_of_ears(chosen: Settings, hotline: Hotline) -> None:
    """Name the languages that callers may not speak, where the hotline listens at all."""
    if hotline.intents.sources and (sentence := unheard(chosen, hotline.center.center.languages)):
        typer.secho(sentence, err=True, fg="yellow")


def _of_calls(folder: Path, checked: Checked) -> Sequence[Problem]:
    """What is wrong with the calls to be tried, once there is a hotline they could be tried on.

    They keep no hotline from being loaded, so `load` does not read them.
    """
    if checked.hotline is None:
        return ()
    try:
        read_calls(folder, checked.hotline)
    except BrokenFlow as broken:
        return broken.problems
    return ()


def _located(problem: Problem, folder: Path) -> Problem:
    shown = folder / problem.spot.path
    if shown.is_relative_to(Path.cwd()):
        shown = shown.relative_to(Path.cwd())
    return replace(problem, spot=replace(problem.spot, path=str(shown)))


def _row(problem: Problem) -> dict[str, str | int]:
    return {
        "path": problem.spot.path,
        "line": problem.spot.line,
        "column": problem.spot.column,
        "severity": problem.severity,
        "message": problem.message,
        "rule": problem.rule,
    }


def _tell(checked: Checked, problems: Sequence[Problem]) -> None:
    wrong = errors(problems)
    warned = [problem for problem in problems if problem.severity == "warning"]
    for problem in (*wrong, *warned):
        for line in str(problem).split("\n"):
            say(line)
    counts = [
        Text(f"{len(found)} {what}{'' if len(found) == 1 else 's'}", style=style)
        for found, what, style in ((wrong, "error", "red"), (warned, "warning", "yellow"))
        if found
    ]
    verdict = Text(", ").join(counts) if counts else Text("no problem found", style="green")
    if checked.inspection is None:
        console.print(verdict)
        return
    flows = checked.inspection.hotline.flows
    steps = sum(len(flow.steps) for flow in flows.values())
    console.print(Text(f"{len(flows)} flows with {steps} steps: ").append_text(verdict))


def _show(proof: Proof) -> None:
    """The two figures of every step a call can come to, in each situation."""
    table = Table(
        title="The fewest inputs to a human, and the longest time without any",
        caption="By night all hours are closed. When nobody is there no agent is logged in, and no "
        "outside number answers. *: whoever presses nothing may lose the call",
        title_justify="left",
        caption_justify="left",
    )
    table.add_column("step")
    for figures in proof.situations:
        table.add_column(figures.situation.name, justify="right")
    for place in proof.day.graph.edges:
        row = [_figures(figures, place) for figures in proof.situations]
        if any(row):
            table.add_row(str(place) if place.flow else f'rule "{place.step}"', *row)
    console.print(table)


def _figures(figures: Figures, place: Place) -> str:
    if place not in figures.reached:
        return ""
    inputs, seconds = figures.inputs[place], figures.seconds[place]
    shown = "none" if inputs == inf else f"{inputs:.0f}"
    lasts = "for ever" if seconds == inf else f"{seconds:.0f} s"
    return f"{shown}  {lasts}{' *' if place in figures.ends else ''}"
