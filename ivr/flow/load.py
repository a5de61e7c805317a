"""Loading a folder of flow files into a hotline, or saying everything that is wrong with them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from ivr.flow.center import Center
from ivr.flow.expression import ExpressionError, Template, compile_template
from ivr.flow.fields import NAME, Model
from ivr.flow.hotline import Flow, Hotline
from ivr.flow.problem import BrokenFlow, Problem, Spot, did_you_mean
from ivr.flow.rules import RULES
from ivr.flow.source import Loc, Source, read
from ivr.flow.step import Step
from ivr.flow.steps import STEPS
from ivr.flow.wording import Wording

M = TypeVar("M", bound=Model)

_FLOW_FIELDS = ("flow", "about", "start", "steps")


def load(folder: Path) -> Hotline:
    """Load `center.yaml`, `prompts.*.yaml` and every flow file of `folder`.

    Raises `BrokenFlow` with all problems found; a hotline that is returned is sound.
    """
    problems: list[Problem] = []
    center: Center | None = None
    center_source = Source(str(folder / "center.yaml"), [])
    texts: dict[str, Mapping[str, Template]] = {}
    wording_sources: dict[str, Source] = {}
    flows: dict[str, Flow] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name.endswith(".calls.yaml"):
            continue
        try:
            source = read(path, path.name)
            if path.name == "center.yaml":
                center_source = source
                center = read_model(Center, source, (), source.data, "center.yaml", problems)
            elif path.name.startswith("prompts."):
                language, said = _prompts(source, path.name.split(".")[1], problems)
                texts[language], wording_sources[language] = said, source
            else:
                flow = _flow(source, path.stem, problems)
                flows[flow.name] = flow
        except BrokenFlow as broken:
            problems += broken.problems
    if center is None:
        if not any(problem.spot.path == "center.yaml" for problem in problems):
            problems.append(
                Problem(Spot("center.yaml", 1, 1), f"not found in {folder}", "missing-file")
            )
        raise BrokenFlow(problems)
    hotline = Hotline(
        center, center_source, flows, Wording(center.language, texts), wording_sources
    )
    if not problems:  # checks across files would only echo what is already wrong within one
        problems += [problem for rule in RULES.values() for problem in rule(hotline)]
    if problems:
        raise BrokenFlow(problems)
    return hotline


def _flow(source: Source, stem: str, problems: list[Problem]) -> Flow:
    data = source.data
    if not isinstance(data, dict) or not isinstance(data.get("steps"), dict) or not data["steps"]:
        spot = source.value(("steps",))
        raise BrokenFlow(
            [source.problem(spot, "a flow file needs steps: with at least one step", "flow")]
        )
    for key in data:
        if key not in _FLOW_FIELDS:
            message = f'unknown field "{key}"{did_you_mean(key, _FLOW_FIELDS)}'
            problems.append(source.problem(source.key((key,)), message, "unknown-field"))
    steps: dict[str, Step] = {}
    for name, fields in data["steps"].items():
        at: Loc = ("steps", name)
        if not NAME.fullmatch(name):
            message = f'"{name}" cannot name a step; use small letters, digits and _'
            problems.append(source.problem(source.key(at), message, "name"))
        step = _step(source, at, name, fields, problems)
        if step is not None:
            steps[name] = step
    name = data.get("flow") or stem
    if name != stem:
        message = f'the flow is called "{name}" but its file "{stem}.yaml"; make them the same'
        problems.append(source.problem(source.value(("flow",)), message, "name"))
    start = data.get("start") or next(iter(data["steps"]))
    if start not in data["steps"]:
        message = f'there is no step "{start}" to start at{did_you_mean(start, data["steps"])}'
        problems.append(source.problem(source.value(("start",)), message, "unknown-target"))
    return Flow(stem, data.get("about") or "", start, steps, source)


def _step(source: Source, at: Loc, name: str, fields: Any, problems: list[Problem]) -> Step | None:
    if not isinstance(fields, dict):
        message = f'the step "{name}" is empty; write what it does, such as say: or menu:'
        problems.append(source.problem(source.key(at), message, "step"))
        return None
    # The first field that names a kind decides: a queue may have a `say` of its own after it.
    kind = next((field for field in fields if field in STEPS), None)
    if kind is None:
        first = next(iter(fields), name)
        message = f'the step "{name}" does nothing known{did_you_mean(first, STEPS)}'
        problems.append(source.problem(source.key((*at, first)), message, "unknown-step"))
        return None
    return read_model(STEPS[kind], source, at, fields, f'the step "{name}" ({kind})', problems)


def read_model(
    model: type[M], source: Source, at: Loc, data: Any, what: str, problems: list[Problem]
) -> M | None:
    """Read `data`, found at `at`, as a `model`; or None, with what is wrong added to `problems`."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        details = error.errors()
        for detail in details:
            # A list whose item is wrong is also reported as too short: the item says it all.
            if not any(_inside(other["loc"], detail["loc"]) for other in details):
                problems.append(_problem(model, source, at, what, detail))
        return None


def _inside(inner: tuple[Any, ...], outer: tuple[Any, ...]) -> bool:
    return len(inner) > len(outer) and inner[: len(outer)] == outer


def _problem(model: type[Model], source: Source, at: Loc, what: str, detail: Any) -> Problem:
    loc: Loc = (*at, *(part for part in detail["loc"] if part != "[key]"))
    kind = detail["type"]
    if kind == "extra_forbidden":
        field = str(loc[-1])
        known = set(model.model_fields) if len(detail["loc"]) == 1 else set()
        message = f'unknown field "{field}" in {what}{did_you_mean(field, known)}'
        return source.problem(source.key(loc), message, "unknown-field")
    if kind == "missing":
        message = f"{what} needs {loc[-1]}:"
        return source.problem(source.key(loc[:-1]), message, "missing-field")
    if kind == "field":
        context = detail["ctx"]
        loc = (*loc, *context["at"])
        # A key that is wrong is found under its own name.
        is_key = bool(context["at"]) and context["message"].startswith(f'"{loc[-1]}" ')
        spot = source.key(loc) if is_key else source.value(loc)
        if "offset" in context:
            spot = source.within(loc, context["offset"])
        return source.problem(spot, context["message"], "value")
    shown = f'"{detail["input"]}"' if isinstance(detail["input"], str) else "this"
    message = f"{shown} found; {detail['msg'][0].lower()}{detail['msg'][1:]}"
    return source.problem(source.value(loc), message, "value")


def _prompts(
    source: Source, language: str, problems: list[Problem]
) -> tuple[str, dict[str, Template]]:
    data = source.data
    if not isinstance(data, dict) or not isinstance(data.get("prompts"), dict):
        raise BrokenFlow(
            [
                source.problem(
                    source.value(()), "a prompt file needs prompts: with names and texts", "prompts"
                )
            ]
        )
    if data.get("language") != language:
        message = (
            f'the file is named for "{language}" but its language: is "{data.get("language")}"'
        )
        problems.append(source.problem(source.value(("language",)), message, "prompts"))
    texts: dict[str, Template] = {}
    for name, text in data["prompts"].items():
        loc: Loc = ("prompts", name)
        if not isinstance(text, str) or not text.strip():
            message = f'the prompt "{name}" has no text'
            problems.append(source.problem(source.key(loc), message, "prompts"))
            continue
        try:
            texts[name] = compile_template(" ".join(text.split()))
        except ExpressionError as error:
            spot = source.within(loc, error.offset)
            problems.append(source.problem(spot, str(error), "value"))
    return language, texts
