"""What does a caller hear and do in a call that is tried, turn by turn?"""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from ivr.flow.fields import NAME, read_seconds, wrong
from ivr.line.commands import ALL_KEYS


@dataclass(frozen=True, slots=True)
class Hears:
    """The caller hears this next, perhaps after other things: a prompt's name, or words of it."""

    what: str

    @property
    def is_name(self) -> bool:
        """Whether it is a prompt's name; otherwise a piece of what is said."""
        return NAME.fullmatch(self.what) is not None


@dataclass(frozen=True, slots=True)
class Keys:
    """The caller keys this: `after` seconds from the beginning of the prompt; None: in good time."""

    keys: str
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Talks:
    """The caller talks for so many seconds, to be taken down: leaves a message. A key, or hanging
    up, right after this comes half a second after the last word."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Says:
    """The caller says this: `after` seconds from the beginning of the prompt; None: in good time.

    `confidence` is how sure a recognizer would be of it.
    """

    text: str
    after: float | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Mumbles:
    """The caller makes a sound in which no words can be heard."""


@dataclass(frozen=True, slots=True)
class Silence:
    """The caller lets a question go by."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Somebody answers, and what follows happens during the talk."""


@dataclass(frozen=True, slots=True)
class HangsUp:
    """The caller hangs up `after` seconds from the beginning of what is heard."""

    after: float = 1.0


Turn = Hears | Keys | Says | Mumbles | Talks | Silence | Answered | HangsUp

PLAIN: dict[str, Turn] = {
    "silence": Silence(),
    "mumbles": Mumbles(),
    "answered": Answered(),
    "hang up": HangsUp(),
}
_TURN = "hear: a prompt, key: 1, says: some words, talks: 10s, silence, mumbles, answered, hang up"


def _turn(value: Any) -> Turn:
    match value:
        case str() if value in PLAIN:
            return PLAIN[value]
        case {"hear": str(what), **rest} if not rest:
            return Hears(what)
        case {"key": str(keys), **rest} if rest.keys() <= {"after"}:
            if not keys or keys.strip(ALL_KEYS):
                raise wrong("keys of a telephone (0 to 9, * and #)", keys, ("key",))
            return Keys(keys, read_seconds(rest["after"]) if "after" in rest else None)
        case {"says": str(text), **rest} if rest.keys() <= {"after", "confidence"}:
            return _says(text, rest)
        case {"talks": str(seconds), **rest} if not rest:
            return Talks(read_seconds(seconds))
        case {"hang_up": str(after), **rest} if not rest:
            return HangsUp(read_seconds(after))
    raise wrong(f"one of {_TURN}", value)


def _says(text: str, rest: dict[Any, Any]) -> Says:
    if not text.strip():
        raise wrong("the words that are said", text, ("says",))
    try:
        confidence = float(rest.get("confidence", 1.0))
    except (TypeError, ValueError):
        confidence = -1.0
    if not 0.0 <= confidence <= 1.0:
        raise wrong("a number from 0 to 1", rest["confidence"], ("confidence",))
    return Says(text, read_seconds(rest["after"]) if "after" in rest else None, confidence)


_AFTER = {"type": ["string", "number"], "description": "Seconds from the prompt's beginning."}
TurnSpec = Annotated[
    Turn,
    BeforeValidator(_turn),
    WithJsonSchema(
        {
            "title": "what is heard or done, see below",
            "anyOf": [
                {"enum": list(PLAIN)},
                {
                    "type": "object",
                    "properties": {"hear": {"type": "string"}},
                    "required": ["hear"],
                    "additionalProperties": False,
                },
                {
                    "type": "object",
                    "properties": {"key": {"type": ["string", "integer"]}, "after": _AFTER},
                    "required": ["key"],
                    "additionalProperties": False,
                },
                {
                    "type": "object",
                    "properties": {
                        "says": {"type": ["string", "number"]},
                        "after": _AFTER,
                        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
                    },
                    "required": ["says"],
                    "additionalProperties": False,
                },
                {
                    "type": "object",
                    "properties": {"talks": {"type": ["string", "number"]}},
                    "required": ["talks"],
                    "additionalProperties": False,
                },
                {
                    "type": "object",
                    "properties": {"hang_up": _AFTER},
                    "required": ["hang_up"],
                    "additionalProperties": False,
                },
            ],
        }
    ),
]
