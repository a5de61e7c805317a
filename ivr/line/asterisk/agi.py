"""How are AGI commands written and their results read?

Commands are strings that Asterisk splits at blanks and double quotes (res/res_agi.c, `parse_args`);
results are one or more lines of which the last counts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import LineError

UNSAFE_IN_PATH = re.compile(r"[^\w ./@+~-]")
"""What a sound file's path may not hold: AGI quotes it, Dial splits at `,` `^` `&` `)`."""

_RESULT = re.compile(
    r"(?P<code>\d{3})[ -](?:result=(?P<result>-?\d{1,18}(?!\d))?)?\s*(?:\((?P<data>.*)\))?"
    r"\s*(?:endpos=(?P<endpos>\d{1,18}(?!\d)))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Result:
    """What a command came to. `code` 200 is done, 510 an unknown command, 511 one refused on a dead
    channel, 520 a wrong use; `result` -1 means failed or hung up; `data` stood in parentheses;
    `endpos` is the sample at which a sound ended."""

    code: int
    result: int
    data: str = ""
    endpos: int = 0

    @property
    def failed(self) -> bool:
        """Whether the command was not carried out."""
        return self.code != 200 or self.result == -1


HUNG_UP = Result(code=511, result=-1, data="hangup")


def command(*words: str) -> str:
    """One AGI command of `words`; the first is its name, the others are quoted where needed.

    Raises LineError for a word with a control character, which would end the command early.
    """
    name, *arguments = words
    return " ".join([name, *map(_word, arguments)])


_PLAIN = re.compile(r"[A-Za-z0-9]+")


def _word(word: str) -> str:
    if any(ord(character) < 32 or ord(character) == 127 for character in word):
        raise LineError("An AGI command was not sent: a word in it holds a control character.")
    if _PLAIN.fullmatch(word):
        return word
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def sound(path: Path) -> str:
    """The name by which Asterisk plays the file `path`: absolute, without its extension.

    Raises LineError when its path has a character with a meaning in a dialplan, or there is no such
    file: asked to play one, Asterisk ends the AGI session and with it our hold on the call.
    """
    if not path.is_file():
        raise LineError(f"The sound file {path} does not exist.")
    name = str(path.absolute().with_suffix(""))
    if found := UNSAFE_IN_PATH.search(name):
        raise LineError(f"The sound file {path} cannot be named to the switch: {found[0]!r} in it.")
    return name


def raw_file(path: Path) -> str:
    """The name by which Asterisk records to the file `path`, which ends with .raw: without that.

    Raises LineError when its path has a character with a meaning in a dialplan.
    """
    name = str(path.absolute().with_suffix(""))
    if found := UNSAFE_IN_PATH.search(name):
        raise LineError(f"The switch cannot be told to record to {path}: {found[0]!r} in it.")
    return name


def sounds(paths: Sequence[Path]) -> str:
    """Several sound files as one argument of Playback."""
    return "&".join(sound(path) for path in paths)


def parse(text: str) -> Result:
    """Read the Result of AsyncAGIExec, already URL-decoded."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return Result(code=0, result=-1)
    if lines[-1].startswith("HANGUP"):
        return HUNG_UP
    found = _RESULT.match(lines[-1])
    if not found:
        return Result(code=0, result=-1, data=lines[-1])
    result = found["result"]
    return Result(
        code=int(found["code"]),
        result=int(result) if result else 0,
        data=found["data"] or "",
        endpos=int(found["endpos"] or 0),
    )
