"""flows/README.md: what can be written into the flow files, told by the files that read them."""

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from ivr.flow.admission import Admission
from ivr.flow.call_case import CallCase, Desk, Ends, Ringing
from ivr.flow.center import Announce, Identity, Limits, QueueSpec, Relaxed, Rule, Whisper
from ivr.flow.cool_downs import CoolDownsSpec
from ivr.flow.fields import ANYTHING, read_seconds
from ivr.flow.global_keys import GlobalKeys
from ivr.flow.hours import Hours
from ivr.flow.intent_tests import IntentTest, IntentTestsFile
from ivr.flow.intents import IntentsFile
from ivr.flow.quality import QualityFile, QualityLimits, QualityRule
from ivr.flow.rules import RULES
from ivr.flow.schema import example, prose, schemas
from ivr.flow.secure import SecureSpec
from ivr.flow.services import Gateway, Lookup
from ivr.flow.steps import STEPS

HEAD = """\
<!-- Written by `careline schema` from the steps, checks and models themselves; change those. -->

# The hotline

This folder is the hotline. Nothing here is a program: change a file, then

```
careline check       # every mistake, with its line and column
careline simulate    # a call in the terminal
careline test        # the calls of *.calls.yaml, and what none of them takes
careline graph main  # a picture
careline publish     # make it live
```

| file | what it says |
|---|---|
| `center.yaml` | the hotline itself: skills, hours, numbers, queues, and the rules asked first |
| `main.yaml`, … | the flows, one file each |
| `main.calls.yaml`, … | calls that must go as they are written |
| `intents.zh.yaml`, … | what callers may say, one file a language: examples, words, lists |
| `intents.tests.yaml` | sentences, and what must be understood by them |
| `quality.yaml` | what must be said in talks, and what not: recordings are judged by it |
| `prompts.zh.yaml`, … | the wording, one file a language; `{{ }}` holds an expression |
| `audio/zh/welcome.wav` | a recording that replaces the built voice of a prompt |
| `schema/` | what editors complete and explain the files with |

The first line of each file tells an editor with a YAML language server which schema to use.

A **target** is a step of the same flow, a flow (its first step), or `flow.step`. A **time** is
written `20s`, `5 min` or `1h`. A condition is an **expression** in [CEL](https://cel.dev): it reads
`caller.language`, `caller.age`, `caller.tier`, `caller.known`, and whatever was set or asked. One
that reads something unknown does not hold. Key 0 leads to a human from everywhere.

A **prompt** is a text, or `{text: …, slow: …, dialect: {yue: …}, interrupt: no}`. Its `interrupt` (yes,
no, key or voice) counts in every language, and beside that of the step: what cuts a prompt short must
be allowed by both. So a notice that may not be interrupted is said to its end in whatever step it
stands. A question gives way to 0 in any case; what is only said does not.
"""

CENTER: dict[str, type[BaseModel]] = {
    "center": Identity,
    "hours": Hours,
    "queues": QueueSpec,
    "relax, in a queue": Relaxed,
    "announce, in a queue": Announce,
    "cool_downs": CoolDownsSpec,
    "rules": Rule,
    "whisper": Whisper,
    "limits": Limits,
    "admission": Admission,
    "secure_entry": SecureSpec,
    "commands": GlobalKeys,
    "lookups": Lookup,
    "sms, tickets": Gateway,
}
CALLS: dict[str, type[BaseModel]] = {
    "calls": CallCase,
    "caller": Ringing,
    "agents": Desk,
    "ends": Ends,
}


def reference() -> str:
    """The whole of flows/README.md."""
    text = "\n".join(_lines())
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n") + "\n"


def _lines() -> Iterator[str]:
    definitions = schemas()
    yield HEAD
    yield "## The steps\n"
    yield "A step is a name and its fields. The field named like its kind says what it does.\n"
    for kind, step in STEPS.items():
        yield f"### {kind}\n"
        yield prose(step) + "\n"
        yield from ("```yaml", example(step), "```\n")
        yield from _table(step, definitions["flow.schema.json"]["$defs"][kind])
    yield "## center.yaml\n"
    known = definitions["center.schema.json"]["$defs"]
    for section, model in CENTER.items():
        yield from _section(section, model, known[model.__name__])
    yield "## Calls to try: *.calls.yaml\n"
    yield from ("```yaml", EXAMPLE, "```\n")
    known = definitions["calls.schema.json"]["$defs"]
    for section, model in CALLS.items():
        yield from _section(section, model, known[model.__name__])
    yield "Each line of `talk` is one of\n"
    yield "- `hear: welcome`: this prompt, or these words, are heard next; others may come before"
    yield "- `key: 1`: keyed one second after the question (`after: 0.2s`: that long after it begins)"
    yield "- `says: I lost my card`: said one second after the question; `confidence: 0.5` makes a"
    yield "  recognizer unsure of it. `mumbles` is a sound without words"
    yield "- `silence`: a question is let go by"
    yield "- `answered`: somebody answers; what follows happens during the talk"
    yield "- `hang up`, or `hang_up: 30s` that long after what was heard began\n"
    yield "## What callers say: intents.*.yaml\n"
    yield from ("```yaml", SAID_EXAMPLE, "```\n")
    yield from _section("intents.zh.yaml, …", IntentsFile, definitions["intents.schema.json"])
    tests = definitions["intent-tests.schema.json"]
    yield from _section("intents.tests.yaml", IntentTestsFile, tests)
    yield from _section("tests", IntentTest, tests["$defs"]["IntentTest"])
    yield "## How talks are judged: quality.yaml\n"
    yield from ("```yaml", QUALITY_EXAMPLE, "```\n")
    judged = definitions["quality.schema.json"]
    yield from _section("quality.yaml", QualityFile, judged)
    yield from _section("rules of quality.yaml", QualityRule, judged["$defs"]["QualityRule"])
    yield from _section("limits of quality.yaml", QualityLimits, judged["$defs"]["QualityLimits"])
    yield "## What is checked\n"
    yield "In brackets behind each mistake `careline check` finds stands the name of its check.\n"
    yield "| check | what must hold |"
    yield "|---|---|"
    for name, about in _checks():
        yield f"| `{name}` | {about} |"


EXAMPLE = """\
calls:
  - call: A lost card needs one key and nothing else
    talk: [hear: main_menu, key: 1, hear: card_urgent]
    ends: {outcome: answered, queue: cards, within: 35s}"""

SAID_EXAMPLE = """\
language: en
intents:
  lost_card: [I lost my card, my credit card was stolen, please block my card]
  balance: [how much money do I have, what is my balance]
words:
  human: [operator, let me talk to a person]
lists:
  card_type: {credit: [credit card], debit: [debit card, bank card]}"""

QUALITY_EXAMPLE = """\
rules:
  greeting: {must_say: {en: [good morning, good evening], zh: 您好}, within: 15s}
  promises: {must_not_say: {en: guaranteed return, zh: [保本, 稳赚]}, queues: funds}
  anger: {tone: {en: [complain, ridiculous], zh: 投诉}}
limits: {agent_first: 5s, longest_silence: 45s, talk_over: 15%, longest_hold: 2 min}"""


def _section(section: str, model: type[BaseModel], schema: dict[str, Any]) -> Iterator[str]:
    yield f"### {section}\n"
    yield prose(model) + "\n"
    yield from _table(model, schema)


def _table(model: type[BaseModel], schema: dict[str, Any]) -> Iterator[str]:
    properties = schema["properties"]
    assert isinstance(properties, dict)
    yield "| field | what it takes | without it |"
    yield "|---|---|---|"
    kind = getattr(model, "kind", None)  # of a step: the field that names it comes first
    for name, field in sorted(model.model_fields.items(), key=lambda item: item[0] != kind):
        written = field.alias or name
        without = "must be given" if field.is_required() else _shown(field.default, field.metadata)
        yield f"| `{written}` | {_form(properties[written])} | {without} |"
    yield ""


def _form(schema: Any) -> str:
    """What a field of this JSON Schema takes, in a few words."""
    for key, told in FORMS.items():
        if isinstance(schema, dict) and key in schema:
            return told(schema[key])
    return "anything"


FORMS: dict[
    str, Callable[[Any], str]
] = {  # by what a schema says of itself, the first that is there
    "title": str,
    "enum": lambda values: "one of " + ", ".join(f"`{value}`" for value in values),
    "anyOf": lambda ways: ", or ".join(map(_form, ways)),
    "const": lambda value: f"`{value}`",
    "$ref": lambda name: "fields of its own",
    "format": lambda name: f"a {name}",
    "items": lambda item: f"a list: {_form(item)}",
    "additionalProperties": lambda values: f"names with {_form(values)}",
    "patternProperties": lambda values: f"names with {_form(next(iter(values.values())))}",
    "type": lambda name: {"integer": "a whole number"}.get(str(name), "text"),
}


def _shown(default: object, metadata: Iterable[object]) -> str:
    """A default as it would be written."""
    if default is PydanticUndefined or default is None or default in ((), {}):
        return ""
    if default is ANYTHING:
        return "yes"
    if isinstance(default, bool):
        return "yes" if default else "no"
    if any(getattr(one, "func", None) is read_seconds for one in metadata):
        return f"{default:g}s"
    return f"{default}" if isinstance(default, str | int | float) else ""


def _checks() -> Iterator[tuple[str, str]]:
    for name, check in RULES.items():
        module = sys.modules[check.__module__]
        yield name, (module.__doc__ or "").strip().splitlines()[0]
