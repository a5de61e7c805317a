"""careline recordings: what is kept of calls, listened to, looked after, and deleted in time."""

import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, get_args

import typer
from pydub import AudioSegment
from rich.progress import Progress
from rich.table import Table

from ivr.archive import Archive
from ivr.cli import player
from ivr.cli.context import console, database, say, settings
from ivr.cli.copies import free_place, write_new
from ivr.cli.outside import outside
from ivr.cli.person import who
from ivr.cli.place import retention, zone
from ivr.cli.talks import e164
from ivr.errors import BadInput
from ivr.messages import FOLDER
from ivr.messages import seal_anew as seal_messages_anew
from ivr.store.database import Database
from ivr.store.wanted import Wanted
from recordings.catalogue import Kind, Recording
from recordings.shelf import Shelf
from recordings.vault import Keys, Vault

app = typer.Typer(no_args_is_help=True, help="What was recorded of calls.")
key = typer.Typer(no_args_is_help=True, help="The keys that recordings are sealed with.")
app.add_typer(key, name="key")

Name = Annotated[str, typer.Argument(help="As `careline recordings list` shows it.")]
KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}
DATE = ["%Y-%m-%d"]
DAY = timedelta(days=1)


@app.command("list")
def list_(
    since: Annotated[
        datetime | None, typer.Option("--from", formats=DATE, help="the first day")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", formats=DATE, help="the last day")
    ] = None,
    agent: Annotated[str | None, typer.Option(help="with this agent")] = None,
    queue: Annotated[str | None, typer.Option(help="of this queue")] = None,
    number: Annotated[str | None, typer.Option(help="of the caller with this number")] = None,
    type_: Annotated[
        str, typer.Option("--type", help="talk, ivr (what was said in the flow), or all")
    ] = "all",
    state: Annotated[str, typer.Option(help="kept, failed, deleted, or all")] = "kept",
    limit: Annotated[int, typer.Option(min=1, help="at most so many")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="for a program")] = False,
) -> None:
    """List recordings, the newest first. No number is shown."""
    if state not in {"kept", "failed", "deleted", "all"}:
        raise BadInput(f'--state: found "{state}"; expected kept, failed, deleted or all.')
    if type_ not in {*KINDS, "all"}:
        raise BadInput(f'--type: found "{type_}"; expected talk, ivr or all.')
    here = zone()
    wanted = Wanted(
        since=since.replace(tzinfo=here) if since else None,
        until=until.replace(tzinfo=here) + DAY if until else None,
        agent=agent,
        queue=queue,
        number=e164(number) if number is not None else None,
        state=None if state == "all" else state,
        kind=KINDS.get(type_),
    )
    with database() as opened:
        found = opened.recordings.find(wanted, limit)
    if as_json:
        rows = [asdict(one) | {"at": one.at.isoformat()} for one in found]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    elif found:
        console.print(_listing(found))
    else:
        say("There is no such recording.")


@app.command()
def play(name: Name) -> None:
    """Play a recording: the caller left, the agent right. The audit log says who listened."""
    with database() as opened:
        sound = _opened(opened, name, "played")
    if not player.play_content(sound, settings().var):
        say(
            f"No player was found here (of {player.names()}); "
            "`careline recordings export` makes a WAV file to be played elsewhere.",
            "yellow",
        )


@app.command()
def export(
    name: Name,
    file: Annotated[
        Path | None, typer.Argument(help="where to; else NAME.wav in this folder")
    ] = None,
) -> None:
    """Copy a recording out of the hotline, as a WAV file that only you may read."""
    target = free_place(file, f"{name}.wav")
    with database() as opened:
        write_new(target, _opened(opened, name, "exported"))
    say(f"The recording is now in {target}. Delete it there when you no longer need it.")


@app.command()
def hold(
    name: Name, why: Annotated[str, typer.Option("--message", "-m", help="for what it is held")]
) -> None:
    """Keep a recording whatever the rules of retention say, for a court or an inquiry."""
    if not why.strip():
        raise BadInput("Say for what it is held: -m WHY.")
    with database() as opened:
        opened.recordings.get(name)
        opened.audit.add(datetime.now(UTC), who(), "held", name, {"why": why})
        opened.recordings.hold(name, why)
    say(f"{name} is held until `careline recordings release {name}`.")


@app.command()
def release(name: Name) -> None:
    """Let the rules of retention decide about a recording again."""
    with database() as opened:
        opened.recordings.get(name)
        opened.audit.add(datetime.now(UTC), who(), "released", name)
        opened.recordings.hold(name, "")
    say(f"{name} is no longer held.")


@app.command()
def verify() -> int:
    """Compare every file with what was kept: missing, altered and orphaned ones are told."""
    with database() as opened:
        archive = _archive(opened)
        count = len(opened.recordings.find(Wanted()))
        failed = len(opened.recordings.find(Wanted(state="failed")))
        with _progress("Comparing", count) as step:
            found = list(archive.verify(step))
    for one in found:
        say(f"{one.fault}: {one.what}", "yellow" if one.fault == "unfinished" else "red")
    made = count + failed
    share = f", {100 * count / made:.2f} % of the {made} that were to be" if made else ""
    say(f"{count} recordings are kept{share}; {len(found)} things to look at.")
    return 1 if any(one.fault != "unfinished" for one in found) else 0


@app.command()
def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would go")] = False,
) -> None:
    """Delete recordings and messages whose time is over. The engine does it by itself each night."""
    with database() as opened:
        archive = _archive(opened)
        kept, here = retention(), zone()
        over = archive.due(kept.keeps(), kept.keep)
        for one in over:
            if not dry_run:
                archive.expire(one)
            what = f"message {one.name}" if one.type == "message" else one.name
            say(f"{what}: its time was over on {one.since.astimezone(here):%Y-%m-%d} ({one.rule})")
    verb = "would be" if dry_run else "were"
    messages = sum(one.type == "message" for one in over)
    say(f"{len(over) - messages} recordings and {messages} messages {verb} deleted.")


@key.command("new")
def new_key() -> None:
    """Put a new key in front of the key file; new recordings are sealed for it.

    Older ones stay playable as long as their key is in the file; `recordings key rotate` seals them
    anew, after which it may go.
    """
    chosen = settings()
    public = Keys.add(chosen.key_file)
    with database() as opened:
        opened.audit.add(datetime.now(UTC), who(), "new key", public)
    say(f"New recordings are sealed for {public} from now on.")
    say(f"Keep a copy of {chosen.key_file} in a safe place: without it nothing can be played.")


@key.command()
def rotate() -> None:
    """Seal every recording and every message for the newest key."""
    with database() as opened:
        archive = _archive(opened)
        with _progress("Sealing", len(opened.recordings.find(Wanted()))) as step:
            count = archive.seal_anew(_vault(), step)
        messages = seal_messages_anew(opened, settings().var / FOLDER, _vault())
    say(
        f"{count} recordings and {messages} messages are sealed for the newest key; older keys may "
        "leave the key file."
    )


@contextmanager
def _progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar on the terminal, and what moves it one further."""
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)


def _archive(opened: Database) -> Archive:
    shelf = Shelf.under(settings().var)
    shelf.prepare()
    return Archive(opened, shelf, who(), lambda: datetime.now(UTC))


def _vault() -> Vault:
    return Vault(Keys.read(settings().key_file))


def _opened(opened: Database, name: str, act: str) -> bytes:
    """A recording as a WAV file."""
    kept = io.BytesIO()
    _archive(opened).open(name, _vault(), kept, act)
    wav = io.BytesIO()
    AudioSegment.from_file(kept).export(wav, format="wav")
    return wav.getvalue()


def _listing(found: Sequence[Recording]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    headings = ("name", "type", "call began", "seconds", "agent", "queue", "language", "state", "")
    for heading in headings:
        whole = heading in ("name", "call began")  # by which it is asked for again
        table.add_column(
            heading, justify="right" if heading == "seconds" else "left", no_wrap=whole
        )
    here = zone()
    for one in found:
        note = f"held: {one.held}" if one.held else one.note
        table.add_row(
            one.name,
            one.kind,
            f"{one.at.astimezone(here):%Y-%m-%d %H:%M}",
            f"{one.seconds:.0f}",
            outside(one.agent),
            one.queue,
            one.language,
            one.state,
            outside(note),
        )
    return table
