"""careline switch: the Asterisk beside us, installed, configured, started and stopped."""

from pathlib import Path
from typing import Annotated

import typer

from ivr.cli.context import console, database, settings
from ivr.switch import configure as configuration
from ivr.switch import install as installation
from ivr.switch import instance, process

app = typer.Typer(no_args_is_help=True)

NOT_RUNNING = 1


@app.command()
def install() -> None:
    """Make sure that there is an Asterisk; on Debian one is made under var/switch."""
    installation.install(settings().home, console.print)


@app.command()
def configure(
    output: Annotated[
        Path | None,
        typer.Option(help="Write only careline_*.conf, for an existing switch, into this folder."),
    ] = None,
    carrier: Annotated[str, typer.Option(help="The carrier's address.")] = "",
    carrier_port: Annotated[int, typer.Option(help="The carrier's SIP port.")] = 5060,
    sip_address: Annotated[
        str, typer.Option(help="Where to listen for SIP (UDP).")
    ] = configuration.ANYWHERE,
    sip_port: Annotated[int, typer.Option(help="Where to listen for SIP (UDP).")] = 5060,
    rtp_first: Annotated[int, typer.Option(help="The first UDP port of the audio.")] = 10000,
    rtp_last: Annotated[int, typer.Option(help="The last UDP port of the audio.")] = 10999,
) -> None:
    """Write the switch's configuration; only files made by Careline are ever replaced."""
    chosen = settings()
    wiring = configuration.Wiring(
        sip_address=sip_address,
        sip_port=sip_port,
        ami_address=chosen.ami_host,
        ami_port=chosen.ami_port,
        rtp_first=rtp_first,
        rtp_last=rtp_last,
        carrier=carrier,
        carrier_port=carrier_port,
    )
    with database() as db:
        agents = db.agents.list()
    if output is not None:
        text = configuration.export(chosen.home, output, wiring, agents)
        console.print(text, highlight=False, markup=False, soft_wrap=True)
        return
    made = configuration.configure(chosen.home, installation.require(chosen.home), wiring, agents)
    console.print(f"The switch is configured in {made.etc} ({len(agents)} agents).")
    if not carrier:
        console.print("No --carrier was given, so nobody can call from outside yet.")


@app.command()
def start() -> None:
    """Start the hotline's own switch in the background and wait until it takes calls."""
    home = settings().home
    pid = process.start(installation.require(home), instance.hotline(home))
    console.print(f"The switch is running (process {pid}).")


@app.command()
def stop(
    grace: Annotated[float, typer.Option(help="Seconds that running calls are given.")] = 10.0,
) -> None:
    """Stop the hotline's own switch; calls that are still going on after `--grace` are cut."""
    home = settings().home
    stopped = process.stop(installation.require(home), instance.hotline(home), grace)
    console.print("The switch is stopped." if stopped else "The switch was not running.")


@app.command()
def status() -> int:
    """Say whether the hotline's own switch runs; the exit code is 1 if it does not."""
    home = settings().home
    found = process.status(installation.require(home), instance.hotline(home))
    if not found.running:
        console.print("The switch is not running.")
        return NOT_RUNNING
    calls = "does not answer" if found.calls is None else f"{found.calls} calls"
    console.print(
        f"The switch is running (process {found.pid}, Asterisk {found.version}, {calls})."
    )
    return 0
