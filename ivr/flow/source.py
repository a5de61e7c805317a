"""A YAML file read with the position of every key and value.

Values come out as raw text: `1:` stays "1", `0123` stays "0123" and `on` stays "on"; the fields of
the models turn text into numbers and durations where they expect them. A key given twice, an alias
or a tag is a mistake here, because each has surprised authors who are no programmers.

The file is read event by event, and reading ends where it is nested too deeply: libyaml's own way
of building a tree can be made to use up the stack.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from ivr.flow import syntax
from ivr.flow.problem import BrokenFlow, Problem, Severity, Spot, quoted

Loc: TypeAlias = tuple[str | int, ...]
Plain: TypeAlias = Any  # dict[str, Plain] | list[Plain] | str | None; pydantic takes it from here

LARGEST = 200_000  # characters; five times the largest flow file we know
DEEPEST = 40  # levels of nesting; a flow needs six
MOST_PROBLEMS = 100  # of one file that are told; whoever made more mends these first

_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")  # what YAML 1.1 counts lines by
_ESCAPE = re.compile(r"\\(?:x..|u.{4}|U.{8}|.)", re.DOTALL)
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{t}" for t in ("map", "seq", "str", "int", "float", "bool", "null")
)


@dataclass(slots=True)
class Source:
    """One file's content and, for each path into it, where the key and the value stand.

    A path is a tuple of keys and list indexes, such as `("steps", "main", "choices", "1")`.
    """

    path: str
    lines: list[str]
    data: Plain = None
    keys: dict[Loc, Spot] = field(default_factory=dict)
    values: dict[Loc, Spot] = field(default_factory=dict)
    styles: dict[Loc, str] = field(default_factory=dict)  # of scalars: one of ' " | > or nothing

    def key(self, loc: Loc) -> Spot:
        """Where the key at `loc` stands; the nearest thing around it if there is none."""
        return self.keys.get(loc) or self.value(loc)

    def value(self, loc: Loc) -> Spot:
        """Where the value at `loc` stands; the nearest thing around it if there is none."""
        while loc not in self.values and loc:
            loc = loc[:-1]
        return self.values.get(loc, Spot(self.path, 1, 1))

    def text(self, loc: Loc) -> str:
        """The text of the scalar at `loc`; nothing where there is none."""
        value = self.data
        for part in loc:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return ""
        return value if isinstance(value, str) else ""

    def within(self, loc: Loc, before: str) -> Spot:
        """The place right after `before`, with which the text of the value at `loc` begins.

        White space does not count, so that it is found in text that was folded over lines, too.
        """
        style, spot = self.styles.get(loc, ""), self.value(loc)
        line, column = spot.line, spot.column - 1 + (style in ("'", '"') and bool(style))
        if style in ("|", ">"):
            line, column = line + 1, 0
        left = sum(not char.isspace() for char in before)
        while line <= len(self.lines):
            text = self.lines[line - 1]
            while column < len(text):
                if not text[column].isspace():
                    if not left:
                        return Spot(self.path, line, column + 1)
                    left -= 1
                column += _width(text, column, style)
            if not left:  # the text ends here
                break
            line, column = line + 1, 0
        return Spot(self.path, min(line, max(len(self.lines), 1)), column + 1)

    def problem(self, spot: Spot, message: str, rule: str, severity: Severity = "error") -> Problem:
        """A problem at `spot` that carries its source line."""
        text = self.lines[spot.line - 1] if 0 < spot.line <= len(self.lines) else ""
        return Problem(spot, message, rule, text, severity)


def read(path: Path, shown_as: str | None = None) -> Source:
    """Read the file at `path`. Raises `BrokenFlow` when it is not readable as YAML."""
    name = shown_as or str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        before = path.read_bytes()[: error.start]
        spot = Spot(name, before.count(b"\n") + 1, 1)
        raise BrokenFlow(
            [Problem(spot, "not UTF-8 text; save the file as UTF-8", "yaml")]
        ) from None
    except OSError as error:
        raise BrokenFlow(
            [Problem(Spot(name, 1, 1), f"cannot be read: {error.strerror}", "yaml")]
        ) from None
    return parse(text, name)


def parse(text: str, name: str) -> Source:
    """Parse `text`, to be called `name` in messages. Raises `BrokenFlow`."""
    source = Source(name, _LINE_BREAK.split(text))
    if len(text) > LARGEST:
        message = f"{len(text)} characters; at most {LARGEST} are read. Divide the file"
        raise BrokenFlow([Problem(Spot(name, 1, 1), message, "yaml")])
    reading = _Reading(source)
    try:
        reading.document(yaml.parse(text, Loader=_Loader))
    except yaml.YAMLError as error:
        line, column, message = syntax.plainly(error, source.lines)
        spot = Spot(name, line, column)
        problem = source.problem(spot, message, "yaml")
        raise BrokenFlow([*reading.problems, problem]) from None
    if reading.problems:
        raise BrokenFlow(reading.problems)
    return source


class _Reading:
    """The events of one file turned into its data, and what is wrong with it on the way."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def document(self, events: Iterator[Any]) -> None:
        """Read the one document there should be."""
        for event in events:
            if isinstance(event, yaml.NodeEvent):
                self.source.data = self._value(event, events, ())
                break
        else:
            self._wrong(Spot(self.source.path, 1, 1), "the file is empty")
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                message = "a second document begins here; a file holds one, so remove the ---"
                self._wrong(self._spot(event), message)
                break

    def _value(self, event: Any, events: Iterator[Any], loc: Loc) -> Plain:
        source, spot = self.source, self._spot(event)
        source.values[loc] = spot
        if isinstance(event, yaml.AliasEvent):
            self._wrong(spot, "an alias (*name) stands here; write the content out again instead")
            return None
        if len(loc) > DEEPEST:
            self._wrong(spot, f"nested more than {DEEPEST} levels deep")
            raise BrokenFlow(self.problems)
        if event.tag is not None and event.tag not in _PLAIN_TAGS:
            tag = event.tag.removeprefix("tag:yaml.org,2002:")
            self._wrong(spot, f"a YAML tag ({tag[:40]}) is not used in flows; remove it")
        if isinstance(event, yaml.ScalarEvent):
            source.styles[loc] = event.style or ""
            empty = not event.style and event.value in ("", "~", "null")
            return None if empty else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Plain] = []
            while not isinstance(item := next(events), yaml.SequenceEndEvent):
                items.append(self._value(item, events, (*loc, len(items))))
            return items
        return self._mapping(events, loc)

    def _mapping(self, events: Iterator[Any], loc: Loc) -> dict[str, Plain]:
        source = self.source
        result: dict[str, Plain] = {}
        while not isinstance(key := next(events), yaml.MappingEndEvent):
            spot = self._spot(key)
            if not isinstance(key, yaml.ScalarEvent):
                if not isinstance(key, yaml.AliasEvent):
                    self._wrong(spot, "a list or mapping stands where a name is expected")
                self._value(key, events, (*loc, ""))
                self._value(next(events), events, (*loc, ""))
                continue
            name = key.value
            inner: Loc = (*loc, name)
            if name in result:
                first = source.keys[inner]
                message = f"{quoted(name)} is given twice; the first is on line {first.line}"
                self._wrong(spot, message)
                self._value(next(events), events, (*loc, ""))
                continue
            source.keys[inner] = spot
            result[name] = None
            result[name] = self._value(next(events), events, inner)
        return result

    def _spot(self, event: Any) -> Spot:
        mark = event.start_mark
        return Spot(self.source.path, mark.line + 1, mark.column + 1)

    def _wrong(self, spot: Spot, message: str) -> None:
        self.problems.append(self.source.problem(spot, message, "yaml"))
        if len(self.problems) == MOST_PROBLEMS:
            raise BrokenFlow(self.problems)


def _width(text: str, column: int, style: str) -> int:
    """How many characters of a quoted scalar stand for the one at `column`."""
    if style == "'" and text.startswith("''", column):
        return 2
    if style == '"' and (escape := _ESCAPE.match(text, column)):
        return escape.end() - column
    return 1
