"""careline quality: what recorded talks teach, for people and for programs."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ivr.archive import Archive
from ivr.cli.context import console, database, say, settings
from ivr.cli.outside import outside
from ivr.cli.person import who
from ivr.cli.place import zone
from ivr.cli.report import period, safe_cell
from ivr.cli.talks import Agent, Queue, Since, Until, wanted
from ivr.flow.inspection import Inspection
from ivr.flow.load import check
from ivr.quality.report import By, Line, lines
from ivr.store.database import Database
from ivr.store.reviews import Said
from ivr.store.wanted import Wanted
from recordings.shelf import Shelf
from recordings.sound import decode
from recordings.vault import Keys, Vault

app = typer.Typer(no_args_is_help=True, help="What recorded talks teach.")

AsJson = Annotated[bool, typer.Option("--json", help="Print it for a program.")]
SURE = 0.5
"""The confidence from which an intent covers what somebody says."""
WIDEST = 240  # letters of a table
FEW = 30  # talks in a time, below which words say little
Cells = Mapping[str, Callable[[Line], str]]


@app.command()
def report(
    since: Since = "",
    until: Until = "",
    by: Annotated[By, typer.Option(help="A line for each of these.")] = "agent",
    as_csv: Annotated[bool, typer.Option("--csv", help="Print it for a spreadsheet.")] = False,
    as_json: AsJson = False,
) -> None:
    """Report how talks went, from today's midnight or --from on: who spoke, silences, findings."""
    begins, ends = period(since, until, datetime.now(UTC), zone())
    with database() as opened:
        found = lines(opened.reviews.find(Wanted(since=begins, until=ends, kind="talk")), by)
        standing = opened.work.standing(datetime.now(UTC))
    if as_json:
        typer.echo(json.dumps([asdict(line) for line in found], indent=2, ensure_ascii=False))
    elif as_csv:
        typer.echo(_spreadsheet(by, found), nl=False)
    else:
        here = zone()
        say(f"{begins.astimezone(here):%Y-%m-%d %H:%M} to {ends.astimezone(here):%Y-%m-%d %H:%M}")
        table = _table(by, found)
        # Rather lines that a narrow terminal breaks than headings cut down to two letters.
        wide = console.measure(table, options=console.options.update(width=WIDEST)).maximum
        console.width = max(wide, console.width)
        console.print(table)
        if left := standing.waiting + standing.under_way + len(standing.failed):
            say(f"{left} recordings are not looked at yet: `careline quality waiting`.", "yellow")


@app.command()
def waiting(
    again: Annotated[
        bool, typer.Option("--again", help="Have what was given up tried anew.")
    ] = False,
) -> int:
    """Say how many recordings are still to be looked at, and which were given up, and why."""
    now = datetime.now(UTC)
    with database() as opened:
        if again:
            say(f"{opened.work.try_again(now)} recordings are tried anew.")
        standing = opened.work.standing(now)
    say(f"{standing.waiting} recordings wait, {standing.under_way} are being looked at.")
    for failed in standing.failed:
        say(f"{failed.recording} was given up: {failed.why}", "red")
    return 1 if standing.failed else 0


@app.command()
def words(
    days: Annotated[int, typer.Option(min=1, help="The newest so many days …")] = 7,
    weeks: Annotated[int, typer.Option(min=1, help="… beside so many weeks before them.")] = 4,
    agent: Agent = None,
    queue: Queue = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Show which words callers say more often than in the weeks before, or less."""
    from ivr.quality.hot_words import hot_words  # noqa: PLC0415

    now = datetime.now(UTC)
    newest = now - timedelta(days=days)
    recent = Wanted(since=newest, until=now, agent=agent, queue=queue)
    earlier = replace(recent, since=newest - timedelta(weeks=weeks), until=newest)
    with database() as opened:
        said = [list(opened.reviews.said(when, "caller")) for when in (recent, earlier)]
    found = hot_words(*said)[:limit]
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
        return
    talks = [len({one.recording for one in when}) for when in said]
    say(f"{talks[0]} talks of {days} days, {talks[1]} of the {weeks} weeks before, with words.")
    if min(talks) < FEW:
        say(f"Fewer than {FEW} talks on a side say little.", "yellow")
    table = Table(box=None, header_style="dim", pad_edge=False)
    for heading in ("word", "language", "talks", "now", "before", "change"):
        table.add_column(heading, justify="left" if heading in ("word", "language") else "right")
    for one in found:
        change = f"× {one.now / one.before:.1f}" if one.before else "new"
        style = "red" if one.rises else "green"
        shares = (f"{one.now:.1%}", f"{one.before:.1%}")
        table.add_row(outside(one.word, style), one.language, str(one.talks), *shares, change)
    console.print(table if found else "No word has changed by more than chance.")


@app.command("topics")
def topics_(
    since: Since = "7d",
    until: Until = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show what callers ask for that no intent covers: candidates for intents.*.yaml.

    Looked at are what callers said to agents, and what they said to the hotline that meant nothing.
    """
    from ivr.quality.topics import topics  # noqa: PLC0415  loads scikit-learn, which takes a second

    meant = wanted(since, until)
    with database() as opened:
        talks = replace(meant, kind="talk")  # in the flow, what was understood is no candidate
        said = [*opened.reviews.said(talks, "caller"), *_not_understood(opened, meant)]
    found = topics(said, _covered(check(settings().flows).inspection))[:limit]
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
    elif not found:
        say("Nothing that no intent covers was asked for in three talks or more.")
    for topic in found if not as_json else ():
        say(f"{topic.language}, {topic.talks} talks: {' '.join(topic.words)}", "bold")
        for example in topic.examples:
            say(f"  - {example}")
    if found and not as_json:
        say("A topic is an intent once you give it a name and its sentences in intents.*.yaml.")


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="As `careline recordings list` shows it.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="An .html file.")
    ] = Path("talk.html"),
) -> None:
    """Draw a talk: both sides' sound, who said what, what was found. The audit log says who did."""
    from ivr.quality.page import page  # noqa: PLC0415

    with database() as opened:
        review = opened.reviews.get(name)
        shelf = Shelf.under(settings().var)
        archive = Archive(opened, shelf, who(), lambda: datetime.now(UTC))
        sealed = io.BytesIO()
        recording = archive.open(name, Vault(Keys.read(settings().key_file)), sealed, "drawn")
    text = page(recording, review, decode(sealed), zone())
    output.touch(mode=0o600)
    output.write_text(text, encoding="utf-8")
    say(f"The talk is in {output}. Delete it when you no longer need it.")


def _not_understood(opened: Database, meant: Wanted) -> Iterator[Said]:
    """What callers said to the hotline by which it understood nothing."""
    assert meant.since is not None
    assert meant.until is not None
    for event in opened.calls.events("utterance", meant.since, meant.until):
        text = event.data.get("text")
        if event.data.get("meaning") is None and isinstance(text, str):
            yield Said(event.call_id, event.at, str(event.data.get("language", "")), text)


def _covered(inspection: Inspection | None) -> Callable[[str, str], bool]:
    """Whether the hotline's own intents cover a sentence; nothing is where there are none."""
    from speech.intents import Classifier  # noqa: PLC0415  loads scikit-learn

    training = inspection.hotline.intents.training() if inspection is not None else {}
    if len(training) < 2:
        return lambda text, language: False
    classifier = Classifier.train(training)

    def covered(text: str, language: str) -> bool:
        understood = classifier.understand(text, language)
        return understood.intent is not None and understood.confidence >= SURE

    return covered


def _spreadsheet(by: By, found: Sequence[Line]) -> str:
    rules = list(dict.fromkeys(rule for line in found for rule in line.found))
    names = [name for name in Line.__slots__ if name not in ("group", "found")]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([by, *names, *(safe_cell(f"found_{rule}") for rule in rules)])
    for line in found:
        row = [line.group, *(getattr(line, name) for name in names)]
        writer.writerow(
            [safe_cell(cell) for cell in (*row, *(line.found.get(r, 0) for r in rules))]
        )
    return text.getvalue()


def _table(by: By, found: Sequence[Line]) -> Table:
    cells: Cells = {
        "talks": lambda line: str(line.talks),
        "minutes": lambda line: f"{line.minutes:.0f}",
        "agent": lambda line: f"{line.agent_share:.0%}",
        "caller": lambda line: f"{line.caller_share:.0%}",
        "silence": lambda line: f"{line.silence:.0%}",
        "longest": lambda line: f"{line.longest_silence:.0f} s",
        "at once": lambda line: f"{line.talk_over:.0%}",
        "spoke after": lambda line: _or_none(line.agent_first, "{:.1f} s"),
        "holds": lambda line: f"{line.holds / line.talks:.1f}",
        "hold": lambda line: _or_none(line.mean_hold, "{:.0f} s"),
        "words/min": lambda line: _or_none(line.agent_rate, "{:.0f}"),
        "level": lambda line: _or_none(line.loudness, "{:.0f} dB"),
        "found fault with": lambda line: f"{line.with_findings / line.talks:.0%}",
    }
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column(by, overflow="fold")
    for heading in cells:
        table.add_column(heading, justify="right")
    table.add_column("findings", overflow="fold")
    for line in found:
        told = ", ".join(f"{rule} {count}" for rule, count in line.found.items())
        table.add_row(outside(line.group), *(cell(line) for cell in cells.values()), outside(told))
    return table


def _or_none(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)
