"""How is a Record put to Asterisk's RECORD FILE, and its end read?"""

from pathlib import Path

from ivr.errors import LineError
from ivr.line.asterisk import agi
from ivr.line.commands import Record

STOP = "D"
"""The key by which the engine itself ends a recording, for there is no other way. Telephones for
people have no such key, and a keypad pays no attention to it."""

TONE = agi.command("EXEC", "Playtones", "!1000/400")
TONE_LASTS = 0.4
END_TONE = agi.command("EXEC", "StopPlaytones")


def words(command: Record, recording: Path) -> str:
    """The AGI command that takes down into `recording`, a .wav file, which appears at once.

    Its last second of silence stays, and 0.2 s are cut off before a key (res_agi.c). Raises
    LineError for a file that cannot be named to the switch, or whose folder is not there: asked to
    write one, Asterisk ends the AGI session and with it our hold on the call.
    """
    name = str(recording.absolute().with_suffix(""))
    if found := agi.UNSAFE_IN_PATH.search(name):
        raise LineError(f"Nothing can be recorded into {recording}: {found[0]!r} in its name.")
    if not recording.parent.is_dir():
        raise LineError(f"Nothing can be recorded into {recording}: there is no such folder.")
    most, silence = str(round(command.most * 1000)), max(1, round(command.silence))
    keys = command.end_keys + STOP
    return agi.command("RECORD FILE", name, "wav", keys, most, f"s={silence}")
