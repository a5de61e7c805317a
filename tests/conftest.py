"""What all tests share: one pair of switches for the whole run, started when first wanted."""

import os

# A width that the test runner was given would be fixed in the console when it is first imported.
os.environ.pop("COLUMNS", None)

from tests.rig.fixtures import asterisk, rig, switches

__all__ = ["asterisk", "rig", "switches"]
