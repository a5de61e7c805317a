"""What stands in each file of a folder, and what is wrong in each by itself?"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator

from ivr.flow.center import Center
from ivr.flow.expression import ExpressionError, Template, compile_template
from ivr.flow.fields import ANYTHING, NAME, Interrupt, Interrupts, Model, Name, wrong
from ivr.flow.hotline import Flow
from ivr.flow.intents import IntentsFile, read_intents
from ivr.flow.problem import BrokenFlow, Problem, Spot, did_you_mean, quoted
from ivr.flow.quality import FILE as QUALITY
from ivr.flow.quality import QualityFile
from ivr.flow.read_model import read_model
from ivr.flow.source import MOST_PROBLEMS, Loc, Source, read
from ivr.flow.step import Step
from ivr.flow.steps import STEPS
from ivr.flow.wording import Variants
from ivr.tongues import DIALECTS

LONGEST_PROMPT = 2000  # characters; minutes of speech
_OWN = ("center.yaml", QUALITY)  # files that are no flow
_BY_LANGUAGE = ("prompts.", "intents.")  # files of which there is one a language


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
    """A prompt that is worded differently for some callers, or may not be cut short by all."""

    text: str
    interrupt: Interrupts = ANYTHING
    slow: str | None = None
    dialect: dict[str, str] = Field({})

    @field_validator("dialect")
    @classmethod
    def _known(cls, value: dict[str, str]) -> dict[str, str]:
        for tag in value:
            if tag not in DIALECTS:
                raise wrong(f"one of the dialects {', '.join(DIALECTS)}", tag, (tag,))
        return value


class Reading:
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
        self.interrupts: dict[str, Interrupt] = {}
        self.wording_sources: dict[str, Source] = {}
        self.intents: dict[str, IntentsFile] = {}
        self.intents_sources: dict[str, Source] = {}
        self.quality = QualityFile()
        self.quality_source = Source(QUALITY, [])
        self.flows: dict[str, Flow] = {}

    def file(self, path: Path) -> None:
        """Read one file."""
        found: list[Problem] = []
        is_flow = path.name not in _OWN and not path.name.startswith(_BY_LANGUAGE)
        try:
            source = read(path, path.name)
            if is_flow:
                self._flow(source, path.stem, found)
            elif path.name == "center.yaml":
                self.center_source = source
                self.center = read_model(Center, source, (), source.data, path.name, found)
            elif path.name == QUALITY:
                self.quality_source = source
                read_quality = read_model(QualityFile, source, (), source.data, QUALITY, found)
                self.quality = read_quality or self.quality
            elif path.name.startswith("intents."):
                self._intents(source, path.name.split(".")[1], found)
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

    def _intents(self, source: Source, language: str, problems: list[Problem]) -> None:
        file = read_intents(source, language, problems)
        if file is not None:
            self.intents[language], self.intents_sources[language] = file, source

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
                # A notice is one in every language, whichever file says so.
                others = self.interrupts.get(name, ANYTHING)
                self.interrupts[name] = others.and_of(spec.interrupt)
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
