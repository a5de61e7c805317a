"""How are the bank's other systems reached? `lookups:`, `sms:` and `tickets:` of center.yaml.

Only a supervisor writes where a request goes: a value may fill a hole in the path or the query of
an address, never its host. What is secret stands here as ${NAME} and is known to the settings only.
"""

import re
from typing import Annotated, Any, Literal, NamedTuple, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from ivr.flow.fields import Model, Name, Seconds, wrong

HOLE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
SECRET = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")
LONGEST_WAIT = 15.0  # seconds for one request; the caller hears nothing new meanwhile
_LIMIT = re.compile(r"([1-9]\d?) *per *(minute|hour|day)")
_WITHIN = {"minute": 60.0, "hour": 3600.0, "day": 86400.0}
_TOKEN = re.compile(r"[A-Za-z0-9-]+")
_TELLING = re.compile(r"authorization|cookie|token|secret|key|password", re.IGNORECASE)


def _url(value: Any) -> str:
    if not isinstance(value, str) or any(sign <= " " for sign in value):
        raise wrong("an address such as https://service.example/{card}", value)
    try:
        parts = urlsplit(value)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        port_is_fine = False
    if not port_is_fine or parts.scheme not in ("http", "https") or not parts.hostname:
        raise wrong("an address that begins with https:// or http:// and a host", value)
    if "@" in parts.netloc:
        raise wrong("an address without a user or password (use headers: with ${NAME})", value)
    if "{" in parts.netloc or parts.fragment or re.search("[{}]", HOLE.sub("", value)):
        raise wrong("holes such as {card} only after the host", value)
    return value


def _headers(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise wrong("headers with their values", value)
    for name, content in value.items():
        if not _TOKEN.fullmatch(name):
            raise wrong("a header's name such as Authorization", name, (name,))
        if not isinstance(content, str) or not content.isascii() or not content.isprintable():
            raise wrong("a header's value in plain characters", content, (name,))
        if _TELLING.search(name) and not SECRET.search(content):
            message = "a secret belongs into the settings; name it here, such as ${BALANCE_TOKEN}"
            raise PydanticCustomError("field", "{message}", {"message": message, "at": (name,)})
        if "${" in SECRET.sub("", content):
            raise wrong("a secret's name in capitals, such as ${BALANCE_TOKEN}", content, (name,))
    return value


def _wait(value: float) -> float:
    if not 0 < value <= LONGEST_WAIT:
        raise wrong(f"a time of at most {LONGEST_WAIT:.0f}s", f"{value:g}s")
    return value


def _retries(value: Any) -> int:
    if value not in ("0", "1", "2", "3"):
        raise wrong("a number of retries from 0 to 3", value)
    return int(value)


class Limit(NamedTuple):
    """At most so many `within` so many seconds."""

    most: int
    within: float


def _limit(value: Any) -> Limit:
    match = _LIMIT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise wrong("a limit such as 3 per hour (minute, hour or day)", value)
    return Limit(int(match[1]), _WITHIN[match[2]])


class Service(Model):
    """How patient we are with a system outside, and what it is told in every request."""

    timeout: Annotated[Seconds, AfterValidator(_wait)] = 3.0
    retries: Annotated[int, BeforeValidator(_retries)] = 1
    headers: Annotated[dict[str, str], BeforeValidator(_headers)] = Field({})

    @property
    def longest(self) -> float:
        """The most seconds until it has answered or is known to have failed."""
        return (self.retries + 1) * self.timeout

    @property
    def secrets(self) -> frozenset[str]:
        """The names of the secrets in its headers."""
        return frozenset(name for text in self.headers.values() for name in SECRET.findall(text))


class Lookup(Service):
    """Something that can be asked. It must be harmless to ask twice.

    Arguments fill the holes of the address; the others become the query (GET) or the fields of a
    JSON body (POST). `secret` names the field of the body that takes what a caller keyed as a
    secret. `most_wrong` is how often that may find nothing, for one caller and for one set of
    arguments; whoever tries once more is put through to a human, and nothing is asked.
    """

    url: Annotated[str, BeforeValidator(_url)]
    method: Literal["GET", "POST"] = "GET"
    secret: Name | None = None
    most_wrong: Annotated[Limit, BeforeValidator(_limit)] = Limit(3, 3600.0)

    @property
    def holes(self) -> frozenset[str]:
        """The arguments its address must be given."""
        return frozenset(HOLE.findall(self.url))

    @model_validator(mode="after")
    def _secrets_are_posted(self) -> Self:
        if self.secret is not None and self.method != "POST":
            message = "a secret is only ever sent in a body: add method: POST"
            raise PydanticCustomError("field", "{message}", {"message": message, "at": ("secret",)})
        return self


def _file_or_url(value: Any) -> str:
    if isinstance(value, str) and "://" not in value and value != "file":
        raise wrong('"file", or the address of a gateway,', value)
    return "file" if value == "file" else _url(value)


class Gateway(Service):
    """Where SMS or tickets go: `to: file` (a file under var/), or an address that takes JSON."""

    to: Annotated[str, BeforeValidator(_file_or_url)]
