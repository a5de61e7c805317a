"""Both switches, for the tests that need them."""

from tests.rig.fixtures import asterisk, rig, switches

__all__ = ["asterisk", "rig", "switches"]
