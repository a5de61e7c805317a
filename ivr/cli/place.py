"""Where is the hotline: in which country, what time is it there, and what can its agents do?"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from ivr.cli.context import require_flows, settings
from ivr.errors import BadInput
from ivr.flow.center import Identity
from ivr.flow.source import read


def identity() -> Identity:
    """What center.yaml says of the hotline itself, also while other flow files are broken.

    Raises BadInput when there is no center.yaml or that part of it is wrong.
    """
    chosen = settings()
    require_flows(chosen)
    data = read(chosen.flows / "center.yaml", "center.yaml").data
    try:
        return Identity.model_validate(data.get("center") if isinstance(data, dict) else None)
    except ValidationError:
        raise BadInput(
            "center.yaml does not say what the hotline is; `careline check` says what is wrong."
        ) from None


def skills() -> dict[str, str]:
    """The skills that center.yaml names, with their descriptions. Raises BadInput as `identity`."""
    chosen = settings()
    require_flows(chosen)
    data = read(chosen.flows / "center.yaml", "center.yaml").data
    named = data.get("skills") if isinstance(data, dict) else None
    return {str(name): str(about) for name, about in (named or {}).items()}


def zone() -> ZoneInfo:
    """The hotline's time zone."""
    return ZoneInfo(identity().timezone)


def today(of: Identity) -> date:
    """The date where the hotline is."""
    return datetime.now(UTC).astimezone(ZoneInfo(of.timezone)).date()
