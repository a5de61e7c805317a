"""The careline command: its subcommands, and the one place that turns a failure into words."""

import logging
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from ivr.cli import agents, callers, calls, flows, prompts, publish, serve, switch, test, versions
from ivr.errors import BadInput, CarelineError
from ivr.flow.problem import BrokenFlow

app = typer.Typer(
    name="careline",
    help="An IVR engine for hotlines whose callers are old, hurried or foreign.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("serve")(serve.serve)
app.command("doctor")(serve.doctor)
app.command("init")(flows.init)
app.command("check")(flows.check)
app.command("test")(test.test)
app.command("publish")(publish.publish)
app.command("versions")(versions.versions)
app.command("diff")(versions.diff)
app.command("rollback")(publish.rollback)
app.command("merge")(publish.merge)
app.add_typer(switch.app, name="switch", help="Install, configure, start and stop the switch.")
app.add_typer(agents.app, name="agents", help="The agents, their skills and their phones.")
app.add_typer(callers.app, name="callers", help="Who is known to the hotline.")
app.add_typer(calls.app, name="calls", help="The records of the calls.")
app.add_typer(prompts.app, name="prompts", help="The audio of what is said.")

FAILED, WRONG_INPUT = 1, 2


def _exit_with(code: int | None, **_: object) -> None:
    """What a command returns is the exit code; nothing returned is 0."""
    raise typer.Exit(code or 0)


@app.callback(result_callback=_exit_with)
def _options(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what happens.")] = False,
) -> None:
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
    )


def main() -> None:
    """Run the command line; a person reads sentences, only a bug shows a traceback."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code: 0 well, 1 failed, 2 wrong input, 130 interrupted."""
    errors = Console(stderr=True, soft_wrap=True)
    try:
        app(arguments, prog_name="careline")
    except SystemExit as end:  # typer has told wrong usage and ^C itself
        return end.code if isinstance(end.code, int) else FAILED
    except BrokenFlow as broken:
        errors.print(escape(str(broken)), highlight=False)
        errors.print(f"{len(broken.problems)} problem(s) in the flow files", style="red")
        return FAILED
    except CarelineError as error:
        errors.print(f"[red]careline:[/red] {escape(str(error))}", highlight=False)
        return WRONG_INPUT if isinstance(error, BadInput) else FAILED
    return 0
