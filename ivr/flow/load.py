"""Loading a folder of flow files into a hotline, or saying everything that is wrong with them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, ValidationError, field_validator

from ivr.caller import DIALECTS
from ivr.flow.center import Center
from ivr.flow.expression import ExpressionError, Template, compile_template
from ivr.flow.fields import NAME, Model, Name, shown, wrong
from ivr.flow.hotline import Flow, Hotline
from ivr.flow.inspection import Inspection, Skills
from ivr.flow.problem import BrokenFlow, Problem, Spot, did_you_mean, errors, quoted
from ivr.flow.rules import LIMITS, NAMES, PATHS
from ivr.flow.source import MOST_PROBLEMS, Loc, Source, read
from ivr.flow.step import Step
from ivr.flow.steps import STEPS
from ivr.flow.wording import Variants, Wording

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

LONGEST_PROMPT = 2000  # characters; minutes of speech


class _FlowFile(Model):
    """A flow file but for what its steps do."""

    flow: Name | None = None
    about: str | None = None
    start: Name | None = None
    languages: tuple[str, ...] | None = None
    steps: dict[str, Any]


class _PromptsFile(Model):
    """A prompts file but for its texts."""

    language: str
    prompts: dict[str, Any]


class _Prompt(Model):
    """A prompt that is worded differently for some callers."""

    text: str
    slow: str | None = None
    dialect: dict[str, str] = Field({})

    @field_validator("dialect")
    @classmethod
    def _known(cls, value: dict[str, str]) -> dict[str, str]:
        for tag in value:
            if tag not in DIALECTS:
                raise wrong(f"one of the dialects {', '.join(DIALECTS)}", tag, (tag,))
        return value


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: problems in file order, and the hotline where no error is among them."""

    hotline: Hotline | None
    problems: tuple[Problem, ...]
    inspection: Inspection | None = None


def load(folder: Path) -> Hotline:
    """Load `center.yaml`, `prompts.*.yaml` and every flow file of `folder`.

    Raises `BrokenFlow` with all errors found; a hotline that is returned is sound.
    """
    checked = check(folder)
    if checked.hotline is None:
        raise BrokenFlow(errors(checked.problems))
    return checked.hotline


def check(folder: Path, agents: Sequence[Skills] | None = None) -> Checked:
    """Find all that is wrong with the files of `folder`.

    `agents` are the skills of every agent with an account, where they are known. The paths through
    the flows are judged once everything else is in order: a name that leads nowhere would make them
    all look wrong.
    """
    reading = _Reading()
    for path in sorted(folder.glob("*.yaml")):
        if not path.name.endswith(".calls.yaml"):
            reading.file(path)
    problems = reading.problems
    if reading.center is None:
        if "center.yaml" not in reading.unreadable:
            spot = Spot("center.yaml", 1, 1)
            problems.append(Problem(spot, f"not found in {folder}", "missing-file"))
        return Checked(None, tuple(sorted(problems)))
    hotline = Hotline(
        reading.center,
        reading.center_source,
        reading.flows,
        Wording(reading.center.language, reading.texts, reading.variants),
        reading.wording_sources,
    )
    inspection = Inspection(hotline, frozenset(reading.unreadable), agents)
    for rules in (NAMES, PATHS, LIMITS):
        if rules is NAMES or not errors(problems):
            for rule in rules.values():
                problems += _bounded(rule(inspection))
    found = tuple(sorted(problems))
    return Checked(None if errors(found) else hotline, found, inspection)


def _bounded(problems: Iterator[Problem]) -> Iterator[Problem]:
    for count, problem in enumerate(problems):
        if count == MOST_PROBLEMS:
            message = "there is more of this kind; it is told when the others are mended"
            yield replace(problem, message=message)
            return
        yield problem


class _Reading:
    """What has been read of a folder, and what is wrong in each file by itself.

    `unreadable` names what is there and could not be read: "main" (a flow), "main.welcome" (a
    step), "center.yaml", "prompts.zh.yaml"; nobody who mentions it is to blame.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.unreadable: set[str] = set()
        self.center: Center | None = None
        self.center_source = Source("center.yaml", [])
        self.texts: dict[str, Mapping[str, Template]] = {}
        self.variants: dict[str, Mapping[str, Variants]] = {}
        self.wording_sources: dict[str, Source] = {}
        self.flows: dict[str, Flow] = {}

    def file(self, path: Path) -> None:
        """Read one file."""
        found: list[Problem] = []
        is_flow = path.name != "center.yaml" and not path.name.startswith("prompts.")
        try:
            source = read(path, path.name)
            if is_flow:
                self._flow(source, path.stem, found)
            elif path.name == "center.yaml":
                self.center_source = source
                self.center = read_model(Center, source, (), source.data, path.name, found)
            else:
                self._prompts(source, path.name.split(".")[1], found)
        except BrokenFlow as broken:
            found += broken.problems
            if is_flow:
                self.unreadable.add(path.stem)
        if found and not is_flow:
            self.unreadable.add(path.name)
        if len(found) > MOST_PROBLEMS:
            message = f"{len(found) - MOST_PROBLEMS} more problems in this file are not shown"
            found = [*sorted(found)[:MOST_PROBLEMS], Problem(found[-1].spot, message, "too-many")]
        self.problems += found

    def _flow(self, source: Source, stem: str, problems: list[Problem]) -> None:
        if not NAME.fullmatch(stem):
            message = (
                f'"{source.path}" cannot name a flow; call the file by small letters, digits and _'
            )
            raise BrokenFlow([source.problem(Spot(source.path, 1, 1), message, "name")])
        file = read_model(_FlowFile, source, (), source.data, "the flow file", problems)
        if file is None or not file.steps:
            if file is not None:
                message = "a flow needs at least one step"
                problems.append(source.problem(source.key(("steps",)), message, "missing-field"))
            raise BrokenFlow([])
        steps: dict[str, Step] = {}
        for name, fields in file.steps.items():
            at: Loc = ("steps", name)
            if len(problems) > MOST_PROBLEMS:
                break
            if not NAME.fullmatch(name):
                message = f"{quoted(name)} cannot name a step; use small letters, digits and _"
                problems.append(source.problem(source.key(at), message, "name"))
            step = _step(source, at, name, fields, problems)
            if step is not None:
                steps[name] = step
            else:
                self.unreadable.add(f"{stem}.{name}")
        if file.flow is not None and file.flow != stem:
            message = (
                f'the flow is called "{file.flow}" but its file "{stem}.yaml"; make them the same'
            )
            problems.append(source.problem(source.value(("flow",)), message, "name"))
        start = file.start or next(iter(file.steps))
        if start not in file.steps:
            message = f'there is no step "{start}" to start at{did_you_mean(start, file.steps)}'
            problems.append(source.problem(source.value(("start",)), message, "unknown-target"))
        self.flows[stem] = Flow(stem, file.about or "", start, steps, source, file.languages)

    def _prompts(self, source: Source, language: str, problems: list[Problem]) -> None:
        file = read_model(_PromptsFile, source, (), source.data, "the prompts file", problems)
        if file is None:
            return
        if file.language != language:
            message = (
                f'the file is named for "{language}" but its language: is {quoted(file.language)}'
            )
            problems.append(source.problem(source.value(("language",)), message, "prompts"))
        texts: dict[str, Template] = {}
        variants: dict[str, Variants] = {}
        for name, given in file.prompts.items():
            loc: Loc = ("prompts", name)
            if isinstance(given, dict):
                spec = read_model(
                    _Prompt, source, loc, given, f"the prompt {quoted(name)}", problems
                )
                if spec is None:
                    continue
                variants[name] = _variants(source, loc, name, spec, problems)
                template = _template(source, (*loc, "text"), name, spec.text, problems)
            else:
                template = _template(source, loc, name, given, problems)
            if template is not None:
                texts[name] = template
        self.texts[language], self.wording_sources[language] = texts, source
        self.variants[language] = variants


def _variants(
    source: Source, loc: Loc, name: str, spec: _Prompt, problems: list[Problem]
) -> Variants:
    slow = _template(source, (*loc, "slow"), name, spec.slow, problems) if spec.slow else None
    dialect = {
        tag: _template(source, (*loc, "dialect", tag), name, text, problems)
        for tag, text in spec.dialect.items()
    }
    return Variants(slow, {tag: own for tag, own in dialect.items() if own is not None})


def _template(
    source: Source, loc: Loc, name: str, text: Any, problems: list[Problem]
) -> Template | None:
    def wrong(message: str, rule: str, spot: Spot) -> None:
        problems.append(source.problem(spot, message, rule))

    if not isinstance(text, str) or not text.strip():
        wrong(f"the prompt {quoted(name)} has no text", "prompts", source.key(loc))
    elif not NAME.fullmatch(name):
        message = f"{quoted(name)} cannot name a prompt; use small letters, digits and _"
        wrong(message, "name", source.key(loc))
    elif len(text) > LONGEST_PROMPT:
        message = f"{len(text)} characters; nobody listens to more than {LONGEST_PROMPT}"
        wrong(message, "prompts", source.value(loc))
    else:
        words = " ".join(text.split())
        try:
            return compile_template(words)
        except ExpressionError as error:
            wrong(str(error), "value", source.within(loc, words[: error.offset]))
    return None


def _step(source: Source, at: Loc, name: str, fields: Any, problems: list[Problem]) -> Step | None:
    if not isinstance(fields, dict) or not fields:
        message = f"the step {quoted(name)} is empty; write what it does, such as say: or menu:"
        problems.append(source.problem(source.key(at), message, "step"))
        return None
    # The first field that names a kind decides: a queue may have a `say` of its own after it.
    kind = next((field for field in fields if field in STEPS), None)
    if kind is None:
        first = next(iter(fields))
        message = (
            f"the step {quoted(name)} does nothing known: {quoted(first)} is no kind of step"
            f"{did_you_mean(first, STEPS)}"
        )
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
        fields = {info.alias or name for name, info in model.model_fields.items()}
        known = fields if len(detail["loc"]) == 1 else set()
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
