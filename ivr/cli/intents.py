"""careline intents: how well callers are understood, and what to do about it."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from ivr.cli.context import console, say, settings
from ivr.errors import BadInput
from ivr.flow.hotline import Hotline
from ivr.flow.intent_tests import FILE, KINDS, read_intent_tests
from ivr.flow.load import check
from ivr.flow.problem import BrokenFlow, Problem, errors
from speech.slots import Choice, find

if TYPE_CHECKING:
    from speech.encoder import Encoder
    from speech.evaluation import Evaluation
    from speech.intents import Example, Understood

app = typer.Typer(no_args_is_help=True, help="What callers may say, and how well it is understood.")

Language = Annotated[str | None, typer.Option(help="Only sentences in this language: zh, en, …")]
Flows = Annotated[Path | None, typer.Option("--flows", help="The folder of the flow files.")]
Encoded = Annotated[
    bool, typer.Option(help="Use the sentence encoder where it is installed (extra: encoder).")
]
SHOWN = 3  # of what is named of each kind


@app.command()
def evaluate(
    train: Annotated[
        Path | None, typer.Option(metavar="CSV", help="Learn from this file: text,category.")
    ] = None,
    test: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="Measure on this file; without it, by cross-validation."),
    ] = None,
    language: Language = None,
    flows: Flows = None,
    encoder: Encoded = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Measure how well intents are told apart.

    Without --train the examples of intents.*.yaml are taken. Sentences with the category
    out_of_scope ask for nothing the hotline does, and should not be understood as anything.
    """
    from speech.evaluation import evaluate as measure  # noqa: PLC0415  loads scikit-learn
    from speech.labelled import read_labelled  # noqa: PLC0415

    tag = language or "en"
    known = read_labelled(train, tag) if train else _examples(_hotline(flows), language)
    asked = read_labelled(test, tag) if test else None
    figures = measure(known, asked, _encoder(encoder))
    if as_json:
        typer.echo(json.dumps(asdict(figures), indent=2))
    else:
        _tell(figures)


@app.command("try")
def try_(
    sentence: Annotated[str, typer.Argument(help="What a caller says.")],
    language: Annotated[
        str | None, typer.Option(help="What it is said in: zh, en, …; without it, the first one.")
    ] = None,
    flows: Flows = None,
    encoder: Encoded = True,
) -> None:
    """Say what would be understood by a sentence, and because of which examples."""
    from speech.intents import Classifier  # noqa: PLC0415  loads scikit-learn

    hotline = _hotline(flows)
    spoken = language or hotline.center.language
    classifier = Classifier.train(hotline.intents.training(), _encoder(encoder))
    began = perf_counter()
    understood = classifier.understand(sentence, spoken)
    lasted = perf_counter() - began
    thresholds = classifier.thresholds
    say(f"{_answer(understood)}  ({lasted * 1000:.0f} ms)")
    say(
        f"  sure by {understood.confidence:.3f}; acts from {thresholds.act:.3f}, "
        f"asks back from {thresholds.confirm:.3f}"
    )
    for intent, share in understood.ranking[:SHOWN]:
        say(f"  {share:4.0%}  {intent}")
    for example in understood.because:
        say(f'  like {example.likeness:.2f}: "{example.sentence}" ({example.intent})')
    lists = {
        name: Choice(hotline.intents.list_items(name, spoken))
        for name in hotline.intents.list_names()
    }
    for name, value in find(sentence, spoken, {**lists, **KINDS}, _today(hotline)).items():
        unit = f" {value.unit}" if value.unit else ""
        say(f'  {name}: {value.value}{unit}, from "{value.text}"')


@app.command()
def test(
    path: Annotated[Path | None, typer.Argument(help="The folder of the flow files.")] = None,
) -> int:
    """Try the sentences of intents.tests.yaml; `careline test` and `publish` do so, too."""
    folder = path or settings().flows
    hotline = _hotline(path)
    if not (folder / FILE).exists():
        raise BadInput(
            f"There are no sentences to try: {folder / FILE} was not found. Write some, such as "
            "tests: [{says: I lost my card, language: en, intent: lost_card}]"
        )
    problems = tried_sentences(folder, hotline)
    for problem in problems:
        say(str(problem))
    return 1 if problems else 0


def tried_sentences(folder: Path, hotline: Hotline) -> list[Problem]:
    """What of intents.tests.yaml is not understood as written; nothing where there is no such file."""
    expected = read_intent_tests(folder, hotline.intents)
    if not expected:
        return []
    from ivr.trial.sentences import try_sentences  # noqa: PLC0415  loads scikit-learn

    problems = try_sentences(hotline, expected)
    if not problems:
        say(f"{len(expected)} sentences tried: all understood as written.")
    return problems


@app.command()
def confusable(
    language: Language = None,
    flows: Flows = None,
    encoder: Encoded = True,
    most: Annotated[int, typer.Option(min=1, help="Pairs to show.")] = 10,
) -> None:
    """Say which intents are taken for one another, and which examples are to blame.

    Each example is judged by what was learned from the others.
    """
    from speech.evaluation import confusable as find_mistaken  # noqa: PLC0415  loads scikit-learn

    examples = _examples(_hotline(flows), language)
    mistaken = find_mistaken(examples, _encoder(encoder))
    count = sum(map(len, mistaken.values()))
    say(f"{count} of {len(examples)} examples would be taken for another intent.")
    for (intent, taken_for), cases in list(mistaken.items())[:most]:
        say(f"{intent} is taken for {taken_for}, {len(cases)} times:", "bold")
        for case in cases[:SHOWN]:
            say(f'  "{case.example.sentence}" is like "{case.nearest.sentence}"')


def _hotline(folder: Path | None) -> Hotline:
    """The hotline with its intents; mistakes in other files do not matter here."""
    checked = check(folder or settings().flows)
    if wrong := [one for one in errors(checked.problems) if one.spot.path.startswith("intents.")]:
        raise BrokenFlow(wrong)
    if checked.inspection is None:
        raise BrokenFlow(errors(checked.problems))
    hotline = checked.inspection.hotline
    if not hotline.intents.names():
        raise BadInput(
            "There are no intents. Write what callers may say into intents.en.yaml (or zh, …): "
            "language: en, then intents: with a few sentences for each."
        )
    return hotline


def _examples(hotline: Hotline, language: str | None) -> "list[Example]":
    from speech.intents import Example  # noqa: PLC0415  loads scikit-learn

    known = [
        Example(intent, tag, sentence)
        for intent, given in hotline.intents.training().items()
        for tag, sentence in given
        if language in {None, tag}
    ]
    if not known:
        there = ", ".join(hotline.intents.examples)
        raise BadInput(f'There are no examples in "{language}", only in {there}.')
    return known


def _encoder(wanted: bool) -> "Encoder | None":
    from speech.encoder import installed  # noqa: PLC0415  its model takes a second to load

    return installed() if wanted else None


def _today(hotline: Hotline) -> date:
    return datetime.now(hotline.center.zone).date()


def _answer(understood: "Understood") -> str:
    match understood.answer:
        case "act":
            return f"{understood.intent}: this is done."
        case "confirm":
            return f"{understood.intent}: the caller is asked whether this is meant."
        case "unknown":
            return "Not understood."


def _tell(figures: "Evaluation") -> None:
    table = Table(show_header=False)
    rows: Sequence[tuple[str, float | None]] = (
        ("understood rightly", figures.accuracy),
        ("the same, each intent counting alike (macro-F1)", figures.macro_f1),
        ("acted on", figures.act),
        ("  of these rightly", figures.right_when_acting),
        ("asked back", figures.confirm),
        ("not understood", figures.unknown),
        ("out of scope: rightly not understood", figures.unknown_out_of_scope),
        ("out of scope: wrongly acted on", figures.acted_out_of_scope),
        ("out of scope: recall where 95 % in scope pass", figures.recall_at_accepted),
    )
    for name, share in rows:
        if share is not None:
            table.add_row(name, f"{share:.1%}")
    console.print(table)
    foreign = f" and {figures.out_of_scope} out of scope" if figures.out_of_scope else ""
    say(
        f"{figures.sentences} sentences of {figures.intents} intents{foreign}; "
        f"learned in {figures.seconds:.1f} s."
    )
