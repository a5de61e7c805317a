"""`python -m ivr.switch`: an Asterisk is brought here while Careline's libraries still come.

Like `careline switch install`, for the checkout; it needs nothing but Python's standard library.
"""

import sys
from pathlib import Path

from ivr.errors import SwitchNotUsable
from ivr.switch.install import install


def main() -> None:
    """Bring it into the current folder's var/, or end with a sentence that says why not."""
    try:
        install(Path.cwd(), lambda sentence: print(sentence, flush=True))  # noqa: T201
    except SwitchNotUsable as reason:
        sys.exit(f"careline: {reason}")


if __name__ == "__main__":
    main()
