"""The checks a set of flow files must pass, one file each, listed here and nowhere else."""

from collections.abc import Callable, Iterator

from ivr.flow.hotline import Hotline
from ivr.flow.problem import Problem
from ivr.flow.rules import (
    dead_end,
    missing_prompt,
    unknown_name,
    unknown_target,
    unknown_variable,
)

RULES: dict[str, Callable[[Hotline], Iterator[Problem]]] = {
    unknown_target.NAME: unknown_target.check,
    unknown_name.NAME: unknown_name.check,
    missing_prompt.NAME: missing_prompt.check,
    unknown_variable.NAME: unknown_variable.check,
    dead_end.NAME: dead_end.check,
}
