"""careline publish, rollback and merge: change what callers hear, without a restart."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ivr.cli.context import database, require_flows, say, settings
from ivr.cli.intents import tried_sentences
from ivr.cli.person import who as system_user
from ivr.cli.prompts import build_all, prompt_store
from ivr.cli.versions import print_diff
from ivr.errors import BadInput
from ivr.flow.calls import read_calls
from ivr.flow.hotline import Hotline
from ivr.flow.problem import Problem
from ivr.prompts import Status
from ivr.publish import release
from ivr.publish.release import By, Published
from ivr.said import ahead
from ivr.settings import Settings
from ivr.store.database import Database
from ivr.trial.case import try_cases

Why = Annotated[str, typer.Option("--message", "-m", help="why; others read it in `versions`")]
Who = Annotated[str | None, typer.Option("--as", help="who publishes; else the system's user")]


def publish(
    why: Why = "",
    who: Who = None,
    replaces: Annotated[
        int | None,
        typer.Option(min=1, help="the live version these files replace, if they do not say so"),
    ] = None,
) -> None:
    """Make the files in flows/ the live version: checked, tried, and with their prompts built.

    New calls get it within a second; calls under way end as they began. Recordings in flows/audio
    belong to no version: a new one is heard from now on whatever version is live.
    """
    chosen = settings()
    require_flows(chosen)
    with database() as db:
        done = release.publish(
            db.versions,
            chosen.flows,
            _by(who, why),
            _tried,
            _builder(chosen),
            replaces=replaces,
            agents=[agent.skills for agent in db.agents.list()] or None,
        )
        _write_down(db, done)
    for warning in done.warnings:
        for line in str(warning).split("\n"):
            say(line)
    if done.new and done.version.number > 1:  # everything is new in the first
        print_diff(done.version.diff)
    _tell(done)


def rollback(
    number: Annotated[int, typer.Argument(help="the version whose files are to be live again")],
    why: Why = "",
    who: Who = None,
) -> None:
    """Go back: publish the files of an older version again, as a new version."""
    chosen = settings()
    with database() as db:
        done = release.roll_back(db.versions, chosen.flows, number, _by(who, why), _builder(chosen))
        _write_down(db, done)
    if done.new:
        print_diff(done.version.diff)
    _tell(done)
    if not done.in_folder:
        say(
            "The files in flows/ hold changes of their own and were left alone; "
            "`careline merge` brings the version that is live now into them."
        )


def merge() -> int:
    """Bring what others have published meanwhile into the files in flows/, beside what you changed.

    Exit code 1 if both changed the same lines: somebody must choose then.
    """
    chosen = settings()
    with database() as db:
        taken = release.take_in(db.versions, chosen.flows, chosen.var / "flows")
    if taken is None:
        say("There is nothing to merge: your files come from the live version.")
        return 0
    say(f"Version {taken.version.number} is in your files now; {taken.kept} has them as they were.")
    for name in taken.merged.conflicts:
        say(f"{name}: both of you changed the same place; choose, then delete the marks.", "yellow")
    say("Next: careline diff, then careline publish")
    return 1 if taken.merged.conflicts else 0


def _write_down(db: Database, done: Published) -> None:
    if done.new:
        told = {"as": done.version.who, "why": done.version.why}
        version = f"version {done.version.number}"
        db.audit.add(datetime.now(UTC), system_user(), "published", version, told)


def _by(who: str | None, why: str) -> By:
    name = who if who is not None else system_user()
    if not name.strip():
        raise BadInput("--as: found nothing; expected the name of whoever publishes.")
    return By(name.strip(), " ".join(why.split()), datetime.now(UTC))


def _builder(chosen: Settings) -> Callable[[Hotline], list[str]]:
    def build(hotline: Hotline) -> list[str]:
        made = build_all(prompt_store(chosen), list(ahead(hotline)))
        missing = [one for one in made if one.status is Status.MISSING]
        return list(dict.fromkeys(one.problem or one.spoken.text for one in missing))

    return build


def _tried(folder: Path, hotline: Hotline) -> list[Problem]:
    cases = read_calls(folder, hotline)
    problems = [problem for one in try_cases(hotline, cases) for problem in one.problems]
    if not cases:
        say("There are no *.calls.yaml: no call was tried.", "yellow")
    elif not problems:
        say(f"{len(cases)} call{'' if len(cases) == 1 else 's'} tried: all as written.")
    return problems + tried_sentences(folder, hotline)


def _tell(done: Published) -> None:
    for sentence in done.unspoken:
        say(sentence, "red")
    version = done.version
    if done.new:
        say(f"Version {version.number} is live for new calls.", "green")
    else:
        say(
            f"Nothing to publish: this is version {version.number}, live since {version.who} "
            "published it."
        )
