"""Where is the hotline: in which country, what time is it there, and what can its agents do?"""

from contextlib import suppress
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from ivr.cli.context import database, require_flows, settings
from ivr.errors import BadInput
from ivr.flow.center import Identity
from ivr.flow.kept import KeptSpec
from ivr.flow.source import Source, parse, read

CENTER = "center.yaml"


def identity() -> Identity:
    """What center.yaml says of the hotline itself, also while other flow files are broken.

    Where it is not on this disk, the live version's counts. Raises BadInput when there is neither,
    or that part of it is wrong.
    """
    return _identity(_center())


def _identity(source: Source) -> Identity:
    data = source.data
    try:
        return Identity.model_validate(data.get("center") if isinstance(data, dict) else None)
    except ValidationError:
        raise BadInput(
            "center.yaml does not say what the hotline is; `careline check` says what is wrong."
        ) from None


def skills() -> dict[str, str]:
    """The skills that center.yaml names, with their descriptions. Raises BadInput as `identity`."""
    data = _center().data
    named = data.get("skills") if isinstance(data, dict) else None
    return {str(name): str(about) for name, about in (named or {}).items()}


def _center() -> Source:
    chosen = settings()
    file = chosen.flows / CENTER
    if not file.is_file() and (text := _live_center()) is not None:
        return parse(text, CENTER)
    require_flows(chosen)
    return read(file, CENTER)


def _live_center() -> str | None:
    """center.yaml as it was published last; None where nothing was."""
    with suppress(BadInput), database() as opened:
        live = opened.versions.live()
        return None if live is None else opened.versions.files(live.number).texts.get(CENTER)
    return None


def retention() -> KeptSpec:
    """How long recordings are kept: as the live version says, for what is deleted is gone."""
    text = _live_center()
    data = (parse(text, CENTER) if text is not None else _center()).data
    try:
        return KeptSpec.model_validate((isinstance(data, dict) and data.get("recordings")) or {})
    except ValidationError:
        raise BadInput(
            "center.yaml does not say how long recordings are kept; `careline check` says what is "
            "wrong. Nothing was deleted."
        ) from None


def zone() -> ZoneInfo:
    """The hotline's time zone; the live version's while center.yaml on disk cannot tell."""
    try:
        return ZoneInfo(identity().timezone)
    except BadInput:
        if (text := _live_center()) is None:
            raise
        return ZoneInfo(_identity(parse(text, CENTER)).timezone)


def today(of: Identity) -> date:
    """The date where the hotline is."""
    return datetime.now(UTC).astimezone(ZoneInfo(of.timezone)).date()
