"""What all tests share: one pair of switches for the whole run, started when first wanted."""

from tests.rig.fixtures import asterisk, rig, switches

__all__ = ["asterisk", "rig", "switches"]
