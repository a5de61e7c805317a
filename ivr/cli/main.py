"""The careline command: its subcommands, and the one way in and out of them all."""

import logging
import warnings
from importlib.metadata import version
from typing import Annotated

import typer

from ivr import logs
from ivr.cli import (
    agents,
    audit,
    backup,
    callbacks,
    callers,
    calls,
    check,
    closing,
    failure,
    floor,
    flows,
    graph,
    intents,
    messages,
    models,
    prompts,
    publish,
    quality,
    recordings,
    replay,
    report,
    schema,
    search,
    secure_entry,
    serve,
    simulate,
    speaker,
    switch,
    test,
    top,
    versions,
    voices,
    why,
    worker,
)
from ivr.errors import CarelineError

SETTING_UP, SAYING, ANSWERING = "Set up", "What callers hear", "Answer calls"

app = typer.Typer(
    name="careline",
    help="An IVR engine for hotlines whose callers are old, hurried or foreign.",
    epilog="The hotline is the current folder, or the one that CARELINE_HOME names. "
    "Its settings are in careline.toml. What it lacks `careline doctor` says.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("init", rich_help_panel=SETTING_UP)(flows.init)
app.add_typer(switch.app, name="switch", rich_help_panel=SETTING_UP)
app.add_typer(agents.app, name="agents", rich_help_panel=SETTING_UP)
app.add_typer(models.app, name="models", rich_help_panel=SETTING_UP)
app.add_typer(callers.app, name="callers", rich_help_panel=SETTING_UP)
app.command("doctor", rich_help_panel=SETTING_UP)(serve.doctor)
app.command("backup", rich_help_panel=SETTING_UP)(backup.backup)
app.command("restore", rich_help_panel=SETTING_UP)(backup.restore)
app.command("check", rich_help_panel=SAYING)(check.check)
app.command("simulate", rich_help_panel=SAYING)(simulate.simulate)
app.command("test", rich_help_panel=SAYING)(test.test)
app.command("schema", rich_help_panel=SAYING)(schema.schema)
app.command("graph", rich_help_panel=SAYING)(graph.graph)
app.add_typer(intents.app, name="intents", rich_help_panel=SAYING)
prompts.app.command("script")(speaker.print_script)
prompts.app.command("import")(speaker.take_in)
app.add_typer(prompts.app, name="prompts", rich_help_panel=SAYING)
app.add_typer(voices.app, name="voices", rich_help_panel=SAYING)
app.command("publish", rich_help_panel=SAYING)(publish.publish)
app.command("versions", rich_help_panel=SAYING)(versions.versions)
app.command("diff", rich_help_panel=SAYING)(versions.diff)
app.command("rollback", rich_help_panel=SAYING)(publish.rollback)
app.command("merge", rich_help_panel=SAYING)(publish.merge)
app.command("serve", rich_help_panel=ANSWERING)(serve.serve)
app.add_typer(floor.app, name="floor", rich_help_panel=ANSWERING)
app.command("top", rich_help_panel=ANSWERING)(top.top)
for _spying in (floor.listen, floor.whisper, floor.barge):
    app.command(_spying.__name__, rich_help_panel=ANSWERING)(_spying)
app.command("secure-entry", rich_help_panel=ANSWERING)(secure_entry.secure_entry)
app.command("close", rich_help_panel=ANSWERING)(closing.close)
app.command("open", rich_help_panel=ANSWERING)(closing.open_)
app.command("report", rich_help_panel=ANSWERING)(report.report)
app.command("replay", rich_help_panel=ANSWERING)(replay.replay)
calls.app.command("why")(why.why)
app.add_typer(calls.app, name="calls", rich_help_panel=ANSWERING)
recordings.app.command("search")(search.search)
app.add_typer(recordings.app, name="recordings", rich_help_panel=ANSWERING)
app.add_typer(quality.app, name="quality", rich_help_panel=ANSWERING)
app.command("worker", rich_help_panel=ANSWERING)(worker.worker)
app.add_typer(audit.app, name="audit", rich_help_panel=ANSWERING)
app.add_typer(messages.app, name="messages", rich_help_panel=ANSWERING)
app.add_typer(callbacks.app, name="callbacks", rich_help_panel=ANSWERING)


def _exit_with(code: int | None, **_: object) -> None:
    """What a command returns is the exit code; nothing returned is 0."""
    raise typer.Exit(code or 0)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"careline {version('careline')}")
        raise typer.Exit


@app.callback(result_callback=_exit_with)
def _options(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what happens.")] = False,
    _: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    # Without ffmpeg pydub warns at every file; the doctor says so once, and what to do.
    warnings.filterwarnings("ignore", module="pydub")
    logs.begin(logging.INFO if verbose else logging.WARNING, "text")


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code: 0 well, 1 failed, 2 wrong input, 130 interrupted.

    A person reads sentences; only a bug shows a traceback.
    """
    try:
        app(arguments, prog_name="careline")
    except SystemExit as end:  # typer has told wrong usage and ^C itself
        return end.code if isinstance(end.code, int) else failure.FAILED
    except (CarelineError, OSError) as error:
        return failure.tell(error)
    return 0
