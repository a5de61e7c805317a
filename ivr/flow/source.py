"""A YAML file read with the position of every key and value.

Values come out as raw text: `1:` stays "1", `0123` stays "0123" and `on` stays "on"; the fields of
the models turn text into numbers and durations where they expect them. A key given twice, an alias
or a tag is a mistake here, because each has surprised authors who are no programmers.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from ivr.flow.problem import BrokenFlow, Problem, Spot

Loc: TypeAlias = tuple[str | int, ...]
Plain: TypeAlias = Any  # dict[str, Plain] | list[Plain] | str | None; pydantic takes it from here

LARGEST = 1_000_000  # characters; far above any real flow file
DEEPEST = 40  # levels of nesting; a flow needs six
_UNQUOTED_KEY = re.compile(r"(?:^|[{,\s])[*#]\s*:")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{t}" for t in ("map", "seq", "str", "int", "float"))
_SCALAR_TAGS = _PLAIN_TAGS | {f"tag:yaml.org,2002:{t}" for t in ("bool", "null", "timestamp")}


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
    in_quotes: set[Loc] = field(default_factory=set)

    def key(self, loc: Loc) -> Spot:
        """Where the key at `loc` stands; the nearest thing around it if there is none."""
        return self.keys.get(loc) or self.value(loc)

    def value(self, loc: Loc) -> Spot:
        """Where the value at `loc` stands; the nearest thing around it if there is none."""
        while loc not in self.values and loc:
            loc = loc[:-1]
        return self.values.get(loc, Spot(self.path, 1, 1))

    def within(self, loc: Loc, offset: int) -> Spot:
        """The place `offset` characters into the text of the value at `loc`."""
        return self.value(loc).moved(offset + (1 if loc in self.in_quotes else 0))

    def problem(self, spot: Spot, message: str, rule: str) -> Problem:
        """A problem at `spot` that carries its source line."""
        text = self.lines[spot.line - 1] if 0 < spot.line <= len(self.lines) else ""
        return Problem(spot, message, rule, text)


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
    source = Source(name, text.splitlines())
    if len(text) > LARGEST:
        raise BrokenFlow(
            [
                Problem(
                    Spot(name, 1, 1), f"{len(text)} characters; at most {LARGEST} are read", "yaml"
                )
            ]
        )
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise BrokenFlow([_syntax_problem(source, error)]) from None
    except RecursionError:
        raise BrokenFlow(
            [Problem(Spot(name, 1, 1), "nested too deeply to be a flow", "yaml")]
        ) from None
    if root is None:
        raise BrokenFlow([Problem(Spot(name, 1, 1), "the file is empty", "yaml")])
    problems: list[Problem] = []
    source.data = _plain(source, root, (), problems, set())
    if problems:
        raise BrokenFlow(problems)
    return source


def _spot(source: Source, mark: Any) -> Spot:
    return Spot(source.path, mark.line + 1, mark.column + 1)


def _plain(source: Source, node: Any, loc: Loc, problems: list[Problem], seen: set[int]) -> Plain:
    spot = _spot(source, node.start_mark)
    source.values[loc] = spot

    def wrong(message: str, at: Spot = spot) -> None:
        problems.append(source.problem(at, message, "yaml"))

    if id(node) in seen:
        wrong("an alias (*name) stands here; write the content out again instead")
        return None
    seen.add(id(node))
    if len(loc) > DEEPEST:
        wrong(f"nested more than {DEEPEST} levels deep")
        return None
    if node.tag not in _SCALAR_TAGS:
        tag = node.tag.removeprefix("tag:yaml.org,2002:")
        wrong(f"a YAML tag ({tag}) is not used in flows; remove it")
        return None
    if isinstance(node, yaml.ScalarNode):
        empty = node.style is None and node.value in ("", "~", "null")
        if node.style in ('"', "'"):
            source.in_quotes.add(loc)
        return None if empty else node.value
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(source, item, (*loc, i), problems, seen) for i, item in enumerate(node.value)
        ]
    result: dict[str, Plain] = {}
    for key_node, value_node in node.value:
        key_spot = _spot(source, key_node.start_mark)
        if not isinstance(key_node, yaml.ScalarNode):
            wrong("a list or mapping stands where a name is expected", key_spot)
            continue
        name = key_node.value
        if name in result:
            first = source.keys[(*loc, name)]
            wrong(f'"{name}" is given twice; the first is on line {first.line}', key_spot)
            continue
        source.keys[(*loc, name)] = key_spot
        result[name] = _plain(source, value_node, (*loc, name), problems, seen)
    return result


def _syntax_problem(source: Source, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    spot = _spot(source, mark) if mark is not None else Spot(source.path, 1, 1)
    line = source.lines[spot.line - 1] if spot.line <= len(source.lines) else ""
    if _UNQUOTED_KEY.search(line):
        message = 'a key such as * or # must be quoted: write "*": or "#":'
    elif "\t" in line[: len(line) - len(line.lstrip())]:
        message = "the line is indented with a tab; use spaces"
    elif isinstance(error, yaml.reader.ReaderError):
        message = "a character that YAML does not allow stands here"
    else:
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        context = getattr(error, "context", None)
        message = f"not readable as YAML: {what}" + (f" ({context})" if context else "")
    return source.problem(spot, message, "yaml")
