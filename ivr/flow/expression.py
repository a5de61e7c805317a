"""Conditions and templates: the Common Expression Language, compiled once and evaluated safely.

The language is CEL (https://cel.dev), through the package common-expression-language. An expression
is text a supervisor wrote; what a caller says or keys only ever enters as a value.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import cel

Value = Any  # what CEL knows: bool, int, float, str, list, dict, None
Functions = Mapping[str, Callable[..., Value]]

LONGEST = 500  # characters
_MACRO = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(\s*(\w*)")
_PASSES_OVER = re.compile(r"[|&?]|\b(?:has|all|exists|exists_one|map|filter)\b")
_COLUMN = re.compile(r"<input>:(\d+):(\d+): (?:Syntax error: )?([^\n]*)")
_HOLE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


class ExpressionError(Exception):
    """An expression cannot be read; `offset` counts characters from its first one."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.offset = offset


class Unknown(Exception):
    """An expression has no value now: something it reads is not known of this call."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression. `reads` are the names of variables, `calls` of functions in it.

    `members` are the fields it reads of a variable of which it reads nothing but fields. `strict`
    says that it has no value unless every variable has one: nothing in it can pass one over.
    """

    text: str
    program: Any = field(compare=False, repr=False)
    reads: frozenset[str]
    calls: frozenset[str]
    members: Mapping[str, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)
    strict: bool = field(default=False, compare=False, repr=False)

    def value(self, values: Mapping[str, Value], functions: Functions) -> Value:
        """Evaluate. Raises `Unknown`, with the reason, where something it needs has no value."""
        # Making a context costs by what is in it: only what is read and called goes in.
        known = {name: self._read_of(name, values[name]) for name in self.reads if name in values}
        called = {name: functions[name] for name in self.calls if name in functions}
        try:
            return self.program.execute(cel.Context(known, called))
        except (KeyError, TypeError, ValueError, RuntimeError, OverflowError) as error:
            raise Unknown(f"{self.text}: {_reason(error)}") from None

    def _read_of(self, name: str, value: Value) -> Value:
        fields = self.members.get(name)
        if fields is None or not isinstance(value, dict):
            return value
        return {field: value[field] for field in fields if field in value}

    def holds(self, values: Mapping[str, Value], functions: Functions) -> bool:
        """Whether the condition holds; one that cannot be decided does not."""
        if self.strict and not self.reads <= values.keys():
            return False
        try:
            return self.value(values, functions) is True
        except Unknown:
            return False


def compile_expression(text: str) -> Expression:
    """Compile `text`. Raises `ExpressionError` with the offset of the mistake."""
    _bounded(text)
    try:
        program = cel.compile(text)
    except ValueError as error:
        found = _COLUMN.search(str(error))
        if found is None:
            raise ExpressionError(f'"{text}" is not an expression') from None
        lines = text.splitlines(keepends=True)
        offset = sum(map(len, lines[: int(found[1]) - 1])) + int(found[2]) - 1
        raise ExpressionError(_plainly(text, found[3], offset), min(offset, len(text))) from None
    bound = {macro[1] for macro in _MACRO.finditer(text)}
    reads = frozenset(program.variables()) - bound
    return Expression(
        text,
        program,
        reads,
        _functions(program),
        _members(text, reads),
        strict=_PASSES_OVER.search(text) is None,
    )


def _members(text: str, reads: frozenset[str]) -> dict[str, frozenset[str]]:
    """The fields read of each variable that stands nowhere without a field behind it.

    A name within a string counts as well: what is not sure is passed on whole.
    """
    found: dict[str, frozenset[str]] = {}
    for name in reads:
        fields = re.findall(rf"\b{name}\b(?:\s*\.\s*([A-Za-z_]\w*)\b(?!\s*\())?", text)
        if fields and all(fields):
            found[name] = frozenset(fields)
    return found


def _bounded(text: str) -> None:
    # An expression is asked during a call and by every check: it must not be able to take long.
    if len(text) > LONGEST:
        raise ExpressionError(
            f"an expression of {len(text)} characters; at most {LONGEST} are read"
        )
    macros = list(_MACRO.finditer(text))
    if len(macros) > 1:
        message = "an expression goes through lists once, with one all, exists, map or filter"
        raise ExpressionError(message, macros[1].start())


@dataclass(frozen=True, slots=True)
class Template:
    """Text with `{{ expression }}` holes; `parts` are plain strings and expressions in order."""

    text: str
    parts: tuple[str | Expression, ...]

    @property
    def holes(self) -> tuple[Expression, ...]:
        """The expressions in it."""
        return tuple(part for part in self.parts if isinstance(part, Expression))

    def render(self, values: Mapping[str, Value], functions: Functions) -> str:
        """The text with every hole filled; a hole without a value says nothing."""
        return "".join(
            part if isinstance(part, str) else _spoken(part, values, functions)
            for part in self.parts
        )


def compile_template(text: str) -> Template:
    """Compile a template. Raises `ExpressionError` with the offset of the mistake in `text`."""
    parts: list[str | Expression] = []
    end = 0
    for hole in _HOLE.finditer(text):
        if hole.start() > end:
            parts.append(text[end : hole.start()])
        inner = hole[1]
        lead = len(inner) - len(inner.lstrip())
        try:
            parts.append(compile_expression(inner.strip()))
        except ExpressionError as error:
            raise ExpressionError(str(error), hole.start() + 2 + lead + error.offset) from None
        end = hole.end()
    if "{{" in text[end:]:
        raise ExpressionError('"{{" is not closed by "}}"', text.index("{{", end))
    if end < len(text):
        parts.append(text[end:])
    return Template(text, tuple(parts))


def _spoken(hole: Expression, values: Mapping[str, Value], functions: Functions) -> str:
    try:
        value = hole.value(values, functions)
    except Unknown:
        return ""
    return "" if value is None else str(value)


def _functions(program: Any) -> frozenset[str]:
    # Operators count as functions in CEL and are spelt like `_>=_` or `@in`; only names are calls.
    return frozenset(name for name in program.functions() if name.isidentifier())


def _plainly(text: str, antlr: str, offset: int) -> str:
    found = text[offset : offset + 1]
    if not found:
        return f'the expression "{text}" ends too early'
    if antlr.startswith("token recognition error"):
        return f'"{found}" cannot stand in an expression'
    word = re.match(r"[\w.]+|.", text[offset:])
    hint = "; use == to compare" if found == "=" else ""
    return f'"{word[0] if word else found}" is not expected here in the expression{hint}'


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error.args[0]} is not known"
    return str(error).split(". ")[0]
