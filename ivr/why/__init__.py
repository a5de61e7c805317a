"""Why did a call go where it went, and wait as long as it did? Its record, told to a supervisor.

From the stored events alone: why it came to its queue, what was asked of agents and how that was
relaxed, who was served first and why, and for every offer why this agent and why nobody else. The
sentences hold text from outside as it came; whoever shows them makes it harmless.
"""

from ivr.why.explain import explain
from ivr.why.waits import Rival, Wait, waits

__all__ = ["Rival", "Wait", "explain", "waits"]
