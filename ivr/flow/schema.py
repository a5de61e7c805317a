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
from ivr.flow.intents import IntentsFile
from ivr.flow.quality import QualityFile
from ivr.flow.shapes import NAME, SHAPES, SHORT_FORMS, TEXT
from ivr.flow.steps import STEPS

DRAFT = "http://json-schema.org/draft-07/schema#"  # the one editors' YAML servers know best


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
                                "interrupt": {
                                    **SHAPES["_interrupt"],
                                    "description": "What may cut it short; the step may allow less.",
                                },
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
