"""What is remembered: callers, agents, call records, published flows. The only SQL there is.

SQLite by default (`sqlite:///var/careline.db`); PostgreSQL where one machine is not enough
(`postgresql://user@host/careline`, with the extra `careline[postgresql]`).
"""

from ivr.store.database import Database

__all__ = ["Database"]
