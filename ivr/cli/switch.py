"""careline switch: the Asterisk beside us, installed, configured, started and stopped."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from ivr.cli.context import console, database, require_hotline, say, settings
from ivr.errors import SwitchNotUsable
from ivr.switch import configure as configuration
from ivr.switch import install as installation
from ivr.switch import instance, process, wiring
from ivr.switch.configure import Wiring
from ivr.switch.install import Asterisk
from ivr.switch.instance import Instance
from ivr.switch.wiring import Kept

app = typer.Typer(
    no_args_is_help=True, help="The Asterisk beside us: install, configure, start and stop it."
)

NOT_RUNNING = 1
_USUAL = Wiring()


@app.command()
def install() -> None:
    """Make sure that there is an Asterisk 20 or newer.

    The system's own is used where there is one. Else, on Debian and as root, one is made under
    var/switch; it needs about 400 MB and a few minutes.
    """
    chosen = settings()
    require_hotline(chosen)
    installation.install(chosen.home, say)


@app.command()
def configure(
    carrier: Annotated[
        str | None,
        typer.Option(help="The carrier's address; its calls are the hotline's. Empty for none."),
    ] = None,
    carrier_port: Annotated[
        int | None,
        typer.Option(
            min=1, max=65535, help=f"The carrier's SIP port; at first {_USUAL.carrier_port}."
        ),
    ] = None,
    sip_address: Annotated[
        str | None, typer.Option(help=f"Where to listen for SIP; at first {_USUAL.sip_address}.")
    ] = None,
    sip_port: Annotated[
        int | None,
        typer.Option(
            min=1, max=65535, help=f"The UDP port to listen at for SIP; at first {_USUAL.sip_port}."
        ),
    ] = None,
    rtp_first: Annotated[
        int | None,
        typer.Option(
            min=1024,
            max=65535,
            help=f"The first UDP port of the audio; at first {_USUAL.rtp_first}.",
        ),
    ] = None,
    rtp_last: Annotated[
        int | None,
        typer.Option(
            min=1024, max=65535, help=f"The last UDP port of the audio; at first {_USUAL.rtp_last}."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Write only careline_*.conf, for a switch that is there already."
        ),
    ] = None,
    own: Annotated[
        bool, typer.Option("--own", help="Go back from --output to the hotline's own switch.")
    ] = False,
) -> None:
    """Write the switch's configuration; only files made by Careline are ever replaced.

    May be repeated: what is not said anew stays as it was said last.
    """
    chosen = settings()
    with database() as db:
        agents = db.agents.list()
    before = wiring.read(chosen.home) or Kept(_USUAL)
    said: dict[str, Any] = {
        "carrier": carrier,
        "carrier_port": carrier_port,
        "sip_address": sip_address,
        "sip_port": sip_port,
        "rtp_first": rtp_first,
        "rtp_last": rtp_last,
        "ami_address": chosen.ami_host,
        "ami_port": chosen.ami_port,
    }
    wired = replace(before.wiring, **{name: new for name, new in said.items() if new is not None})
    etc = None if own else output.resolve() if output is not None else before.etc
    if etc is not None:
        text = configuration.export(chosen.home, etc, wired, agents)
        wiring.keep(chosen.home, Kept(wired, etc))
        console.print(text, highlight=False, markup=False, soft_wrap=True)
        return
    made = configuration.configure(chosen.home, installation.require(chosen.home), wired, agents)
    wiring.keep(chosen.home, Kept(wired))
    say(f"The switch is configured in {made.etc}; phones of agents: {len(agents)}.")
    if not wired.carrier:
        say("No --carrier was given, so nobody can call from outside yet.", "yellow")
    if process.pid(made) is not None:
        say("It is running; to take this up: careline switch stop && careline switch start")


@app.command()
def start() -> None:
    """Start the hotline's own switch in the background and wait until it takes calls."""
    pid = process.start(*_own())
    say(f"The switch is running (process {pid}).")


@app.command()
def stop(
    grace: Annotated[
        float, typer.Option(min=0, help="Seconds that calls are given to end by themselves.")
    ] = 10.0,
) -> None:
    """Stop the hotline's own switch; calls still going on after the grace are cut."""
    stopped = process.stop(*_own(), grace)
    say("The switch is stopped." if stopped else "The switch was not running.")


@app.command()
def status() -> int:
    """Say whether the hotline's own switch runs; the exit code is 1 if it does not."""
    found = process.status(*_own())
    if not found.running:
        say("The switch is not running.")
        return NOT_RUNNING
    calls = "does not answer" if found.calls is None else f"{found.calls} calls"
    say(f"The switch is running (process {found.pid}, Asterisk {found.version}, {calls}).")
    return 0


def _own() -> tuple[Asterisk, Instance]:
    """The hotline's own switch. Raises SwitchNotUsable if it uses one that is not ours."""
    chosen = settings()
    require_hotline(chosen)
    kept = wiring.read(chosen.home)
    if kept is not None and kept.etc is not None:
        raise SwitchNotUsable(
            f"The hotline uses the switch configured in {kept.etc}, which is started and stopped by "
            "the system, not by Careline. `careline doctor` says whether it answers; "
            "`careline switch configure --own` goes back to a switch of the hotline's own."
        )
    return installation.require(chosen.home), instance.hotline(chosen.home)
