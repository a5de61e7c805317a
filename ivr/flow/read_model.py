"""A mapping from a file made into a model, and what is wrong with it into words."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from ivr.flow.fields import Model, shown
from ivr.flow.problem import Problem, did_you_mean, quoted
from ivr.flow.source import MOST_PROBLEMS, Loc, Source

M = TypeVar("M", bound=Model)

_EXPECTED = {  # pydantic's kinds of mistake, said to people who do not program
    "dict_type": "names with their values expected",
    "model_type": "fields with their values expected",
    "tuple_type": "a list expected",
    "string_type": "text expected",
    "int_parsing": "a whole number expected",
    "int_type": "a whole number expected",
    "too_short": "a list of at least {min_length} expected",
    "string_pattern_mismatch": "something of the form {pattern} expected",
    "greater_than_equal": "at least {ge} expected",
    "less_than_equal": "at most {le} expected",
}


def read_model(
    model: type[M], source: Source, at: Loc, data: Any, what: str, problems: list[Problem]
) -> M | None:
    """Read `data`, found at `at`, as a `model`; or None, with what is wrong added to `problems`."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems += _all_problems(model, source, at, what, error.errors(include_url=False))
        return None


def _all_problems(
    model: type[Model], source: Source, at: Loc, what: str, details: Sequence[Any]
) -> Iterable[Problem]:
    # A list whose item is wrong is also reported as too short: the item says it all.
    said = {detail["loc"][:end] for detail in details for end in range(len(detail["loc"]))}
    for detail in details[: MOST_PROBLEMS + 1]:
        if detail["loc"] not in said:
            yield _problem(model, source, at, what, detail)


def _problem(model: type[Model], source: Source, at: Loc, what: str, detail: Any) -> Problem:
    loc: Loc = (*at, *(part for part in detail["loc"] if part != "[key]"))
    kind = detail["type"]
    if kind == "extra_forbidden":
        field = str(loc[-1])
        there = _model_at(model, detail["loc"][:-1])
        known = {info.alias or name for name, info in there.model_fields.items()}
        message = f"unknown field {quoted(field)} in {what}{did_you_mean(field, known)}"
        return source.problem(source.key(loc), message, "unknown-field")
    if kind == "missing":
        field = ".".join(str(part) for part in detail["loc"] if isinstance(part, str))
        message = f"{what} needs {field}:"
        return source.problem(source.key(loc[:-1]), message, "missing-field")
    if kind == "field":
        context = detail["ctx"]
        loc = (*loc, *context["at"])
        # A key that is wrong is found under its own name.
        is_key = bool(context["at"]) and context["message"].startswith(quoted(str(loc[-1])) + " ")
        spot = source.key(loc) if is_key else source.value(loc)
        if "offset" in context:
            spot = source.within(loc, source.text(loc)[: context["offset"]])
        return source.problem(spot, context["message"], "value")
    expected = f"which is not allowed: {detail['msg']}"
    if kind in _EXPECTED:
        expected = _EXPECTED[kind].format(**detail.get("ctx", {}))
    return source.problem(source.value(loc), f"{shown(detail['input'])} found, {expected}", "value")


def _model_at(model: type[BaseModel], at: Loc) -> type[BaseModel]:
    """The model of what stands at a place within what `model` is read from."""
    for part in at:
        for name, info in model.model_fields.items():
            if part == (info.alias or name):
                model = _model_in(info.annotation) or model
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model in a field's type such as `dict[str, QueueSpec]` or `Overflow | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
