"""careline close and careline open: the whole hotline, by hand, in an emergency."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ivr.cli.context import database, say, settings
from ivr.cli.person import who
from ivr.cli.place import zone
from ivr.errors import BadInput
from ivr.flow.problem import did_you_mean
from ivr.publish.live import newest
from ivr.settings import Settings
from ivr.store import Database
from ivr.store.closures import Closure
from speech.audio import read_wav, telephone

USUAL = "emergency"


def close(
    message: Annotated[
        str, typer.Option(help="The prompt that callers hear, of the live flows.")
    ] = "",
    recording: Annotated[
        Path | None, typer.Option(help="A sound file (WAV) that callers hear instead.")
    ] = None,
) -> None:
    """Close the hotline: from now on callers, waiting ones and the elderly too, hear a message.

    It takes effect within a second, outlives restarts, and ends with `careline open`. Talks go on.
    """
    if message and recording:
        raise BadInput("Give --message or --recording, not both.")
    chosen, now = settings(), datetime.now(UTC)
    with database() as opened:
        prompt = None if recording else _known(opened, chosen, message or USUAL, now)
        sound = str(_kept(recording, chosen, now)) if recording else None
        opened.closures.add(Closure(now, who(), True, prompt, sound))
        opened.audit.add(now, who(), "close", "the hotline", {"message": prompt or str(sound)})
    say(f"The hotline is closed: callers hear {recording or prompt}. `careline open` opens it.")


def open_() -> None:
    """Open the hotline again after `careline close`."""
    with database() as opened:
        closure = opened.closures.current()
        if closure is None:
            say("The hotline is not closed by hand.")
            return
        now = datetime.now(UTC)
        opened.closures.add(Closure(now, who(), False))
        opened.audit.add(now, who(), "open", "the hotline")
    began = f"{closure.at.astimezone(zone()):%Y-%m-%d %H:%M}"
    say(f"The hotline is open again; it was closed by {closure.who} since {began}.")


def _known(opened: Database, chosen: Settings, prompt: str, now: datetime) -> str:
    """The prompt, if the live flows have words for it. Raises BadInput."""
    number = opened.versions.latest()
    if number is None:
        raise BadInput(
            "Nothing is published yet, so no call is answered; there is nothing to close."
        )
    wording = newest(opened.versions, number, chosen.var / "flows", now).hotline.wording
    texts = wording.texts[wording.default]
    if prompt not in texts:
        raise BadInput(
            f'There is no prompt "{prompt}" in the live flows{did_you_mean(prompt, texts)} '
            "Write and publish one, or give --message NAME or --recording FILE."
        )
    return prompt


def _kept(recording: Path, chosen: Settings, now: datetime) -> Path:
    """The recording as the switch plays it, kept under var/. Raises BadInput for no WAV."""
    sound = telephone(read_wav(recording))
    kept = chosen.var / "closures" / f"{now:%Y%m%dT%H%M%S}.wav"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(sound)
    return kept
