"""What the demo prints: each call as its caller had it, and whether that is as it must be."""

from rich.console import Console
from rich.markup import escape

from demo.guest import let_in
from demo.stage import Played
from ivr.reasons import sentences
from tests.rig.rig import Switches


def tell(console: Console, played: Played) -> bool:
    """Print one call; whether it came out as it must."""
    summary, faults = played.record.summary, played.faults()
    verdict = "[red]WRONG[/]" if faults else "[green]as it must[/]"
    console.print(f"\n[bold]{played.scene.title}[/] ({summary.masked or 'no number'}): {verdict}")
    pressed = " ".join(
        str(event.data.get("keys", "(secret)"))
        for event in played.record.events
        if event.kind == "heard"
    )
    said = ", ".join(
        f"{event.data['text']} ({event.data['language']})"
        for event in played.record.events
        if event.kind == "utterance"
    )
    ringing = played.to_ringing
    rows = {
        "heard": ", ".join(played.heard) or "no prompt",
        "pressed": pressed or "nothing",
        "said": said or "nothing",
        "answered by": summary.agent or f"nobody ({summary.outcome})",
        "INVITE to ringing": f"{ringing:.0f} ms" if ringing is not None else "no phone rang",
        "ended by": summary.hung_up_by or "",
        "because": _reason(played),
    }
    for name, value in rows.items():
        console.print(f"  {name:<18} {escape(value)}", highlight=False)
    for fault in faults:
        console.print(f"  [red]wrong:[/] {escape(fault)}", highlight=False)
    return not faults


def _reason(played: Played) -> str:
    offers = [event for event in played.record.events if event.kind == "offer"]
    chosen = ""
    if offers:
        chosen = next(iter(sentences(offers[-1].data["verdicts"])), "")
    return "; ".join(part for part in (played.record.summary.reason, chosen) if part)


def how_to_call(console: Console, switches: Switches) -> None:
    """Say how a person can call in while the demo stays open."""
    host, port = switches.wiring.sip_address, switches.wiring.sip_port
    password = let_in(switches)
    console.print(
        "\nEverything stays open until ^C. Call in with a softphone on this machine: SIP user "
        "[bold]guest[/] (a caller nobody knows) or [bold]elder[/] (the 72-year-old), password "
        f"[bold]{password}[/], server {host}:{port} (UDP); dial [bold]95588[/]. The agents' phones "
        "pick up after five seconds and hum.\n"
        f"The records: CARELINE_HOME={switches.home} careline calls tail"
    )
