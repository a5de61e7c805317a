"""How does a lookup of center.yaml become a request, and its answer what a flow can read?"""

import json
from collections.abc import Callable, Mapping
from typing import Any, NoReturn
from urllib.parse import quote, urlencode

from ivr.flow.outside import Failed, Found, Missing
from ivr.flow.services import HOLE, SECRET, Lookup, Service
from ivr.outside.http import Answer, NoAnswer, Request

Secrets = Callable[[str], str | None]
LONGEST_ARGUMENT = 200  # characters


class Unfit(Exception):
    """A request that must not be made, or an answer that cannot be used; the text is for the
    operator and holds no value."""


def request(
    lookup: Lookup, arguments: Mapping[str, Any], secret: str | None, secrets: Secrets
) -> Request:
    """The request that asks `lookup`. Raises `Unfit`."""
    texts = {name: _text(name, value) for name, value in arguments.items()}
    if (secret is None) != (lookup.secret is None):
        raise Unfit("it takes a secret and was given none, or the other way round")
    missing = sorted(lookup.holes - texts.keys())
    if missing:
        raise Unfit(f"its address needs {', '.join(missing)}")
    url = HOLE.sub(lambda hole: _in_address(hole[1], texts[hole[1]]), lookup.url)
    rest = {name: value for name, value in arguments.items() if name not in lookup.holes}
    filled = headers(lookup, secrets)
    if lookup.method == "POST":
        body = rest if lookup.secret is None else {**rest, lookup.secret: secret}
        return posted(url, body, filled, lookup)
    if rest:
        query = urlencode({name: texts[name] for name in rest}, quote_via=quote, safe="")
        url += ("&" if "?" in url else "?") + query
    return Request("GET", url, filled, lookup.timeout, lookup.retries)


def posted(url: str, body: Any, headers: Mapping[str, str], service: Service) -> Request:
    """A request that posts `body` as JSON."""
    content = json.dumps(body, ensure_ascii=False).encode()
    own = {"Content-Type": "application/json"}
    return Request("POST", url, {**headers, **own}, service.timeout, service.retries, content)


def headers(service: Service, secrets: Secrets) -> dict[str, str]:
    """A service's headers with their secrets filled in. Raises `Unfit`."""
    return {
        name: SECRET.sub(lambda found: _secret(found[1], secrets), text)
        for name, text in service.headers.items()
    }


def understood(answer: Answer | NoAnswer) -> Found | Missing | Failed:
    """What an answer means to a flow."""
    if isinstance(answer, NoAnswer):
        return Failed(answer.why)
    if answer.status in (204, 404, 410):
        return Missing()
    if not 200 <= answer.status < 300:
        return Failed(f"it answered with status {answer.status}")
    try:
        fields = _read(answer)
    except Unfit as unfit:
        return Failed(str(unfit))
    return Missing() if fields is None else Found(fields)


def _read(answer: Answer) -> dict[str, Any] | None:
    if answer.kind != "application/json" and not answer.kind.endswith("+json"):
        raise Unfit("its answer is no JSON by its content type")
    try:
        fields = json.loads(answer.content, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Unfit("its answer cannot be read as JSON") from None
    if fields is not None and not isinstance(fields, dict):
        raise Unfit("its answer has no fields by name")
    return fields


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        raise Unfit(f"{name} is neither text nor a number")
    text = str(value)
    if len(text) > LONGEST_ARGUMENT:
        raise Unfit(f"{name} has more than {LONGEST_ARGUMENT} characters")
    return text


def _in_address(name: str, text: str) -> str:
    # Whatever is keyed stays within its part of the path: / becomes %2F. What would be read as
    # another path all the same is refused.
    if text.strip() in ("", ".", ".."):
        raise Unfit(f"{name} is empty, or a dot, which no address can hold")
    return quote(text, safe="")


def _secret(name: str, secrets: Secrets) -> str:
    value = secrets(name)
    if value is None:
        raise Unfit(f"the secret {name} is not set (CARELINE_SECRET_{name})")
    if not value.isascii() or not value.isprintable():
        raise Unfit(f"the secret {name} holds characters that no header can carry")
    return value
