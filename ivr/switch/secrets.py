"""Which secrets do the engine and the switch share?

They are made once, kept in HOME/var/switch/secrets.json (readable by its owner only), and never
shown. The file maps AMI user to secret.
"""

import json
import os
import secrets
from pathlib import Path

from ivr.errors import BadInput
from ivr.settings import Settings

ENGINE = "careline"
ADMIN = "careline-admin"
USERS = (ENGINE, ADMIN)


def path(home: Path) -> Path:
    """Where the secrets of the hotline at `home` are kept."""
    return home / "var" / "switch" / "secrets.json"


def read(home: Path) -> dict[str, str]:
    """The secrets by AMI user; empty if none were made yet. Raises BadInput for a damaged file."""
    try:
        kept = json.loads(path(home).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        kept = None
    if not isinstance(kept, dict) or not all(isinstance(secret, str) for secret in kept.values()):
        raise BadInput(
            f"{path(home)} is damaged: expected a JSON object of AMI users and secrets. "
            "Delete it and run `careline switch configure` again."
        )
    return kept


def engine(settings: Settings) -> str | None:
    """The engine's AMI secret: from the settings, else the one kept here; None without either."""
    if settings.ami_secret is not None:
        return settings.ami_secret.get_secret_value()
    return read(settings.home).get(ENGINE)


def keep_or_make(home: Path) -> dict[str, str]:
    """The secrets by AMI user; whichever is missing is made and kept."""
    kept = read(home)
    made = {user: kept.get(user) or secrets.token_urlsafe(24) for user in USERS}
    if made != kept:
        file = path(home)
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_name(".secrets.json.new")
        new.unlink(missing_ok=True)
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(made, out, indent=2)
        new.replace(file)
    return made
