"""The small hotline of the floor's examples: three queues, and one for elderly callers relaxes."""

from routing.model import Need, Queue, Relax
from tests.routing.shift import Shift

SENIOR = Queue(
    "senior",
    need=Need({"care": 3}),
    relax=(Relax(20.0, Need({"care": 1})), Relax(45.0, Need())),
    head_start=600.0,
)
FOREIGN = Queue("foreign", need=Need({"ja": 2}))
GENERAL = Queue("general")


def hotline() -> Shift:
    return Shift({"senior": SENIOR, "foreign": FOREIGN, "general": GENERAL})
