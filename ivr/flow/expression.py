"""Conditions and templates: the Common Expression Language, compiled once and evaluated safely.

The language is CEL (https://cel.dev), through the package common-expression-language. An expression
is text a supervisor wrote; what a caller says or keys only ever enters as a value.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from operator import is_
from typing import Any

import cel

Value = Any  # what CEL knows: bool, int, float, str, list, dict, None
Functions = Mapping[str, Callable[..., Value]]
NO_FUNCTIONS: Functions = {}

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


class Facts:
    """What expressions can read and call at one moment.

    To hand values to CEL takes many times as long as to evaluate an expression: it is done once for
    all that is asked of a moment, and not before the first question. The functions must not lead
    back to who keeps the facts: a ring through a CEL context is never cleared away.
    """

    def __init__(self, values: Mapping[str, Value], functions: Functions = NO_FUNCTIONS) -> None:
        self.values = values
        self.functions = functions

    @cached_property
    def context(self) -> cel.Context:
        """The facts as CEL takes them. What it has no type for is not known."""
        context = cel.Context({}, dict(self.functions))
        for name, value in self.values.items():
            with suppress(ValueError):
                context.add_variable(name, value)
        return context

    def are(self, values: Mapping[str, Value]) -> bool:
        """Whether these are still the values. The very same: 1 equals true, but CEL parts them."""
        mine = self.values
        return mine.keys() == values.keys() and all(map(is_, mine.values(), values.values()))

    def with_(self, values: Mapping[str, Value], functions: Functions) -> "Facts":
        """These facts and others, which come first."""
        return Facts({**self.values, **values}, {**self.functions, **functions})


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression. `reads` are the names of variables, `calls` of functions in it.

    `strict` says that it has no value unless every variable has one: nothing in it can pass one
    over.
    """

    text: str
    program: cel.Program = field(compare=False, repr=False)
    reads: frozenset[str]
    calls: frozenset[str]
    strict: bool = field(default=False, compare=False, repr=False)

    def value(self, facts: Facts) -> Value:
        """Evaluate. Raises `Unknown`, with the reason, where something it needs has no value."""
        try:
            return self.program.execute(facts.context)
        except (KeyError, TypeError, ValueError, RuntimeError, OverflowError) as error:
            raise Unknown(f"{self.text}: {_reason(error)}") from None

    def holds(self, facts: Facts) -> bool:
        """Whether the condition holds; one that cannot be decided does not."""
        if self.strict and not self.reads <= facts.values.keys():
            return False
        try:
            return self.value(facts) is True
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
        strict=_PASSES_OVER.search(text) is None,
    )


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
    """Text with `{{ expression }}` holes; `parts` are plain strings and expressions in order,
    `holes` the expressions alone."""

    text: str
    parts: tuple[str | Expression, ...]
    holes: tuple[Expression, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        holes = tuple(part for part in self.parts if isinstance(part, Expression))
        object.__setattr__(self, "holes", holes)

    def render(self, facts: Facts) -> str:
        """The text with every hole filled; a hole without a value says nothing."""
        return "".join(
            part if isinstance(part, str) else _spoken(part, facts) for part in self.parts
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


def _spoken(hole: Expression, facts: Facts) -> str:
    try:
        value = hole.value(facts)
    except Unknown:
        return ""
    return "" if value is None else str(value)


def _functions(program: cel.Program) -> frozenset[str]:
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
