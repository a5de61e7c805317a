"""What all tests share: one pair of switches for the whole run, started when first wanted."""

import os

# A width that the test runner was given would be fixed in the console when it is first imported.
os.environ.pop("COLUMNS", None)

from hypothesis import settings

from tests.rig.fixtures import asterisk, rig, switches

# A machine that is busy makes an example slow, not wrong.
settings.register_profile("careline", deadline=None, max_examples=60)
settings.load_profile("careline")

__all__ = ["asterisk", "rig", "switches"]
