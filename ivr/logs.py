"""How does a log line look, and what may never stand in it?

Modules log with the standard library; structlog gives every line its time, its level, the call it is
about, and one of two forms: words for a person at a terminal, JSON for whatever collects logs. Every
line passes `masked` and `printable` first, whoever wrote it: a number that somebody forgot to mask,
or a line break that a caller put into a name, gets no further.
"""

import logging
import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Literal, TextIO

import structlog

Form = Literal["text", "json"]
Line = MutableMapping[str, Any]

# Seven digits or more, perhaps with what people write between them; but neither a date, an address
# and port, nor the switch's names of calls, which are seconds since 1970 and a count.
_NUMBER = re.compile(
    r"\b\d{4}-\d\d-\d\d\b|(?P<number>(?<![\w.:/-])\+?\d(?:[ ()-]?\d){6,}(?![\w:]|[.,]\d))"
)
_CONTROL = "\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069"
_UNPRINTABLE = re.compile(f"[{_CONTROL}\n]")
_UNPRINTABLE_IN_TRACEBACK = re.compile(f"[{_CONTROL}]")
_OURS = ("timestamp", "level", "logger", "call")


class _Handler(logging.StreamHandler[TextIO]):
    """Ours, to be told from a test's or a host program's."""


@contextmanager
def about(call_id: str) -> Iterator[None]:
    """Put the call's name on every line logged within, and in tasks begun within."""
    with structlog.contextvars.bound_contextvars(call=call_id):
        yield


def begin(level: int, form: Form | None = None, stream: TextIO | None = None) -> None:
    """Log to `stream` (stderr) from now on; without a `form`, as words to a terminal, else JSON."""
    stream = stream or sys.stderr
    form = form or ("text" if stream.isatty() else "json")
    handler = _Handler(stream)
    handler.setFormatter(_formatter(form, colors=stream.isatty()))
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if isinstance(handler, _Handler)]:
        root.removeHandler(old)
    handler.setLevel(level)
    root.addHandler(handler)
    root.setLevel(min(level, root.level))  # whoever listens besides us may want more


def masked(_: object, __: str, line: Line) -> Line:
    """Leave the last four digits of anything that may be a telephone number."""
    return {key: value if key in _OURS else _masked(value) for key, value in line.items()}


def printable(_: object, __: str, line: Line) -> Line:
    """Show control characters, and those that turn the direction of writing, as escapes."""
    return {key: _shown(key, value) for key, value in line.items()}


def _masked(value: Any) -> Any:
    return _NUMBER.sub(_last_four, value) if isinstance(value, str) else value


def _last_four(found: re.Match[str]) -> str:
    number = found["number"]
    return "•••• " + re.sub(r"\D", "", number)[-4:] if number else found[0]


def _shown(key: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    pattern = _UNPRINTABLE_IN_TRACEBACK if key == "exception" else _UNPRINTABLE
    return pattern.sub(lambda found: found[0].encode("unicode_escape").decode(), value)


def _formatter(form: Form, *, colors: bool) -> logging.Formatter:
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if form == "text":
        renderer = structlog.dev.ConsoleRenderer(colors=colors, pad_event_to=0)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            masked,
            printable,
            renderer,
        ],
    )
