"""What may stand in a field whose own reader makes something else of it?"""

from pydantic.json_schema import JsonSchemaValue

from ivr.flow.intents import WORDS

TEXT = {"type": ["string", "number"]}
NAME = {"title": "a name", "type": "string", "pattern": "^[a-z][a-z0-9_]*$"}
SPANS = {"title": 'hours such as "08:30-20:00", or closed', "type": "string"}
TARGET = {"title": "a target", "type": "string"}
TIME = {"title": "a time", "type": ["string", "number"]}
LEVEL = {"type": "integer", "minimum": 1, "maximum": 5}
CONDITION = {"title": "an expression", "type": ["string", "number", "boolean"]}

RECORDED = {"enum": ["talk", "ivr", "message"]}
SENTENCES = {"title": "sentences", "type": "array", "items": TEXT, "minItems": 1}


def _target_with(field: str) -> JsonSchemaValue:
    """A target, or one with a name beside it in `field`."""
    pair = {
        "type": "object",
        "properties": {"to": TARGET, field: NAME},
        "required": ["to", field],
        "additionalProperties": False,
    }
    return {"anyOf": [TARGET, pair]}


# What a field takes whose own reader turns it into something else, by that reader's name.
SHAPES: dict[str, JsonSchemaValue] = {
    "read_seconds": TIME,
    "_age": {
        "title": "a time such as 180 days, 26 weeks or 3 years",
        "type": "string",
        "pattern": r"^\d+ *(days?|weeks?|years?)$",
    },
    "_types": {
        "title": "talk, ivr, message, or several of them",
        "anyOf": [RECORDED, {"type": "array", "items": RECORDED, "minItems": 1}],
    },
    "_numbers": {
        "title": "a number or several",
        "anyOf": [TEXT, {"type": "array", "items": TEXT, "minItems": 1}],
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
        "additionalProperties": _target_with("says"),
    },
    "_intents": {
        "title": "intents with targets, or with {to: a target, confirm: a prompt}",
        "type": "object",
        "propertyNames": {"pattern": NAME["pattern"]},
        "additionalProperties": _target_with("confirm"),
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
    "_ivr": {"enum": ["all", "no", "off", "none", False]},
}
