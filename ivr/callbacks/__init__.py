"""Who is rung back, when it is their turn: by an agent who is there already.

The floor keeps the place of a caller who hung up, and offers them to an agent like any call. Then the
agent's phone is rung first and told what it is about; only when it is picked up is the customer rung,
and the two talk. A customer who is not reached keeps the place and is rung again later; the agent is
free at once. Each time an agent is rung makes a record of its own.

What keeps a place is in the store before the caller is told so, and what the store says is looked at
again before anybody is rung: whoever was forgotten or taken off the list is not.
"""

from ivr.callbacks.callbacks import Callbacks
from ivr.callbacks.waiting import TOPIC, House

__all__ = ["TOPIC", "Callbacks", "House"]
