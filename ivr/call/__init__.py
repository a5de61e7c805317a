"""One call, from its arrival to its stored record."""

from ivr.call.around import Door, NoLine
from ivr.call.call import Call

__all__ = ["Call", "Door", "NoLine"]
