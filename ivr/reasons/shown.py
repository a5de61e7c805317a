"""How is told what a record does not have (any more)?"""

from typing import Any


class Shown(dict[str, Any]):
    """Data in which what is not there is shown as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"
