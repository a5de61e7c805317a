"""The JSON Schemas of the flow files, by which editors complete, explain and warn.

They are derived from the models the files are read with and from what their docstrings say of each
field. An editor sees YAML's own types where our reader sees text, so a schema takes `4` and `"4"`.
"""

import re
from collections.abc import Iterator
from textwrap import dedent

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from ivr.flow.call_case import CallsFile
from ivr.flow.center import Center
from ivr.flow.fields import Model
from ivr.flow.intent_tests import IntentTestsFile
from ivr.flow.intents import WORDS, IntentsFile
from ivr.flow.quality import QualityFile
from ivr.flow.steps import STEPS

DRAFT = "http://json-schema.org/draft-07/schema#"  # the one editors' YAML servers know best
TEXT = {"type": ["string", "number"]}
NAME = {"title": "a name", "type": "string", "pattern": "^[a-z][a-z0-9_]*$"}
SPANS = {"title": 'hours such as "08:30-20:00", or closed', "type": "string"}
TARGET = {"title": "a target", "type": "string"}
TIME = {"title": "a time", "type": ["string", "number"]}
LEVEL = {"type": "integer", "minimum": 1, "maximum": 5}
CONDITION = {"title": "an expression", "type": ["string", "number", "boolean"]}

SENTENCES = {"title": "sentences", "type": "array", "items": TEXT, "minItems": 1}

CHOICE = {
    "anyOf": [
        TARGET,
        {
            "type": "object",
            "properties": {"to": TARGET, "says": NAME},
            "required": ["to", "says"],
            "additionalProperties": False,
        },
    ]
}
INTENT = {
    "anyOf": [
        TARGET,
        {
            "type": "object",
            "properties": {"to": TARGET, "confirm": NAME},
            "required": ["to", "confirm"],
            "additionalProperties": False,
        },
    ]
}

# What a field takes whose own reader turns it into something else, by that reader's name.
SHAPES: dict[str, JsonSchemaValue] = {
    "read_seconds": TIME,
    "_age": {
        "title": "a time such as 180 days, 26 weeks or 3 years",
        "type": "string",
        "pattern": r"^\d+ *(days?|weeks?|years?)$",
    },
    "_digit_count": {"title": "a number such as 4 or 6-8", "type": ["string", "integer"]},
    "read_expression": CONDITION,
    "read_target": TARGET,
    "_name": NAME,
    "_names": {"title": "a name or several", "anyOf": [NAME, {"type": "array", "items": NAME}]},
    "_yes_no": {
        "title": "yes or no",
        "enum": ["yes", "no", "on", "off", "true", "false", True, False],
    },
    "_interrupt": {
        "title": "yes, no, key or voice",
        "enum": ["yes", "no", "key", "voice", "on", "off", "true", "false", True, False],
    },
    "_choices": {
        "title": "keys with targets, or with {to: a target, says: an intent}",
        "type": "object",
        "propertyNames": {"pattern": "^[0-9*#]+$"},
        "additionalProperties": CHOICE,
    },
    "_intents": {
        "title": "intents with targets, or with {to: a target, confirm: a prompt}",
        "type": "object",
        "propertyNames": {"pattern": NAME["pattern"]},
        "additionalProperties": INTENT,
    },
    "_expressions": {
        "title": "names with expressions",
        "type": "object",
        "additionalProperties": CONDITION,
    },
    "_variables": {
        "title": "names with the names of variables",
        "type": "object",
        "additionalProperties": NAME,
    },
    "_paths": {
        "title": "variables with fields such as account.balance",
        "type": "object",
        "additionalProperties": {"type": "string"},
    },
    "_sentences": SENTENCES,
    "_phrases": {
        "title": "languages with phrases",
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {
            "anyOf": [{"type": "string"}, {"type": "array", "items": TEXT, "minItems": 1}]
        },
    },
    "_side": {"enum": ["agent", "caller"]},
    "_words": {
        "title": "words that work in every step",
        "type": "object",
        "propertyNames": {"enum": list(WORDS)},
        "additionalProperties": SENTENCES,
    },
    "read_percent": {"title": "a share such as 30%", "type": ["string", "integer"]},
    "_keys": {"title": "keys such as 1-5", "type": "string"},
    "_limit": {
        "title": "a limit such as 3 per hour",
        "type": "string",
        "pattern": "^[1-9][0-9]? *per *(minute|hour|day)$",
    },
    "_need": {
        "title": "skills with levels from 1 to 5; any, all and not; language with an expression",
        "type": ["object", "null"],
        "properties": {
            "language": CONDITION,
            "all": {"type": "array", "minItems": 1},
            "any": {"type": "array", "minItems": 1},
            "not": {"type": ["array", "object"]},
            "prefer": {"type": "object"},
        },
        "additionalProperties": LEVEL,
    },
    "_week": {
        "title": "days (mon, tue, or mon-fri) with hours",
        "type": "object",
        "additionalProperties": SPANS,
    },
    "_holidays": {"title": 'hours, closed, or "as usual"', "type": "string"},
    "_special": {
        "title": "dates such as 2026-12-31 with hours",
        "type": "object",
        "additionalProperties": SPANS,
    },
}
# What a field takes besides what its model says.
SHORT_FORMS: dict[str, JsonSchemaValue] = {
    "_ends": {"type": "string"},
    "_agents": {"const": "none"},
    "_hears": {"const": "none"},
}


def schemas() -> dict[str, JsonSchemaValue]:
    """Every schema by the name of its file."""
    return {
        "center.schema.json": _of(Center, "center.yaml"),
        "flow.schema.json": _flow(),
        "prompts.schema.json": _prompts(),
        "calls.schema.json": _of(CallsFile, "<flow>.calls.yaml"),
        "intents.schema.json": _of(IntentsFile, "intents.<language>.yaml"),
        "quality.schema.json": _of(QualityFile, "quality.yaml"),
        "intent-tests.schema.json": _of(IntentTestsFile, "intents.tests.yaml"),
    }


def said_of(model: type[BaseModel], field: str) -> str:
    """What the docstring of a model says of one of its fields: the sentences that name it."""
    text = " ".join(prose(model).split())
    sentences = re.split(r"(?<=[.!?])\s+(?=[A-Z`])", text)
    return " ".join(sentence for sentence in sentences if f"`{field}`" in sentence)


def prose(model: type[BaseModel]) -> str:
    """A model's docstring without the example at its end."""
    return "\n\n".join(_parts(model)[0])


def example(model: type[BaseModel]) -> str:
    """The example at the end of a step's docstring, as YAML; "" where there is none."""
    return _parts(model)[1]


def _parts(model: type[BaseModel]) -> tuple[list[str], str]:
    blocks = re.split(r"\n\s*\n", dedent("    " + (model.__doc__ or "")).strip("\n"))
    last = dedent(blocks[-1])
    # What looks like `name: {…}` or `name:` with lines below it is YAML, not a sentence.
    if len(blocks) > 1 and re.match(r"\s*[a-z_]+:\s*(\{|$)", last, re.MULTILINE):
        return [dedent(block).strip() for block in blocks[:-1]], last.rstrip()
    return [dedent(block).strip() for block in blocks], ""


class _AsWritten(GenerateJsonSchema):
    """Schemas of what stands in the files, not of what the readers make of it."""

    def function_before_schema(
        self, schema: core_schema.BeforeValidatorFunctionSchema
    ) -> JsonSchemaValue:
        """A field with a reader of its own."""
        name = getattr(schema["function"]["function"], "__name__", "")
        if name in SHAPES:
            return dict(SHAPES[name])
        inner = self.generate_inner(schema["schema"])
        return {"anyOf": [SHORT_FORMS[name], inner]} if name in SHORT_FORMS else inner

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        """Text, which YAML may take for a number."""
        return {**super().str_schema(schema), **TEXT}

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Defaults are told in the reference; as the readers keep them they are no YAML."""
        return self.generate_inner(schema["schema"])

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """A field that may be left out is left out, not written as null."""
        return self.generate_inner(schema["schema"])


def _of(model: type[BaseModel], title: str) -> JsonSchemaValue:
    schema = model.model_json_schema(schema_generator=_AsWritten)
    known = {one.__name__: one for one in _all_models(Model)}
    for name, inner in schema.get("$defs", {}).items():
        _explain(inner, known[name])
    _explain(schema, model)
    return {"$schema": DRAFT, "title": title, **schema}


def _explain(schema: JsonSchemaValue, model: type[BaseModel]) -> None:
    schema["description"] = prose(model)
    schema.pop("title", None)
    for field, about in schema.get("properties", {}).items():
        if (
            about.get("title") == field.replace("_", " ").title()
        ):  # pydantic's own, which says nothing
            del about["title"]
        if said := said_of(model, field):
            about["description"] = said


def _all_models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for inner in model.__subclasses__():
        yield inner
        yield from _all_models(inner)


def _flow() -> JsonSchemaValue:
    definitions: dict[str, JsonSchemaValue] = {}
    for kind, step in STEPS.items():
        own = _of(step, kind)
        own.pop("$schema")
        definitions |= own.pop("$defs", {})
        definitions[kind] = own
    steps = {
        "type": "object",
        "description": "The steps by name; the field named like its kind says what a step does.",
        "propertyNames": {"pattern": NAME["pattern"]},
        "minProperties": 1,
        "additionalProperties": {"anyOf": [{"$ref": f"#/$defs/{kind}"} for kind in STEPS]},
    }
    return {
        "$schema": DRAFT,
        "title": "A flow",
        "type": "object",
        "properties": {
            "flow": {**NAME, "description": "Its name, that of the file."},
            "about": {"type": "string", "description": "What it is for, in a sentence."},
            "start": {**NAME, "description": "The step it begins at; the first without it."},
            "languages": {
                "type": "array",
                "items": {"type": "string"},
                "description": "The languages its prompts are written in; all without it.",
            },
            "steps": steps,
        },
        "required": ["steps"],
        "additionalProperties": False,
        "$defs": definitions,
    }


def _prompts() -> JsonSchemaValue:
    return {
        "$schema": DRAFT,
        "title": "The wording in one language",
        "type": "object",
        "properties": {
            "language": {"type": "string", "pattern": "^[a-z]{2,3}$"},
            "prompts": {
                "type": "object",
                "description": "The texts by name; {{ }} holds an expression.",
                "propertyNames": {"pattern": NAME["pattern"]},
                "additionalProperties": {
                    "anyOf": [
                        {"type": "string"},
                        {
                            "type": "object",
                            "description": "A text, and other words for some callers.",
                            "properties": {
                                "text": {"type": "string"},
                                "slow": {"type": "string"},
                                "dialect": {
                                    "type": "object",
                                    "additionalProperties": {"type": "string"},
                                },
                            },
                            "required": ["text"],
                            "additionalProperties": False,
                        },
                    ]
                },
            },
        },
        "required": ["language", "prompts"],
        "additionalProperties": False,
    }
