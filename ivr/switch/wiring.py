"""How was the switch configured the last time?

Kept in HOME/var/switch/wiring.json, so that configuring again changes only what is said anew, and
so that the phones of new agents are written where the switch reads them.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from ivr.errors import BadInput
from ivr.switch.configure import Wiring


@dataclass(frozen=True, slots=True)
class Kept:
    """The wiring, and the folder `etc` of an existing switch's files (None: the hotline's own)."""

    wiring: Wiring
    etc: Path | None = None


def path(home: Path) -> Path:
    """Where the wiring of the hotline at `home` is kept."""
    return home / "var" / "switch" / "wiring.json"


def read(home: Path) -> Kept | None:
    """What was kept; None if the switch was never configured. Raises BadInput for a damaged file."""
    try:
        kept = json.loads(path(home).read_text(encoding="utf-8"))
        etc = kept.pop("etc")
        return Kept(Wiring(**kept), Path(etc) if etc else None)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise BadInput(
            f"{path(home)} is damaged. Delete it, and run `careline switch configure` again with "
            "all its options."
        ) from None


def keep(home: Path, kept: Kept) -> None:
    """Keep it for the next time."""
    file = path(home)
    file.parent.mkdir(parents=True, exist_ok=True)
    etc = str(kept.etc) if kept.etc else None
    new = file.with_name(".wiring.json.new")
    new.write_text(json.dumps({**asdict(kept.wiring), "etc": etc}, indent=2), encoding="utf-8")
    new.replace(file)
