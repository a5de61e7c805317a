"""On what was measured, and what did it cost the processor?"""

import asyncio
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

QUIET = 0.05
"""The share of the machine that others may take before a figure is doubted."""

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
# Of proc_stat(5): user, nice, system, steal. Not softirq: that is our own packets, mostly.
_BUSY = (0, 1, 2, 7)


def facts(asterisk: str | None = None) -> dict[str, object]:
    """The machine as far as it matters to the figures; `asterisk` is the version, if one ran."""
    found: dict[str, object] = {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load before": [round(load, 2) for load in os.getloadavg()],
    }
    return found | ({"asterisk": asterisk} if asterisk else {})


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


@dataclass(frozen=True, slots=True)
class Process:
    """A running process, by its id."""

    pid: int

    def cpu(self) -> float:
        """Seconds of processor time so far, of all its threads; proc_pid_stat(5), fields 14 and 15."""
        stat = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8")
        fields = stat.rpartition(")")[2].split()  # the program's name may hold blanks
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory(self) -> float:
        """Megabytes that are resident; proc_pid_statm(5), the second field."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="utf-8").split()[1])
        return pages * _PAGE / 2**20


class Others:
    """What everybody else on the machine takes from now on, `own` processes apart."""

    def __init__(self, own: Sequence[Process]) -> None:
        self._own = own
        self._begun = (monotonic(), self._busy())

    def share(self) -> float:
        """Their share of all cores since then: 0 is nothing, 1 is the whole machine."""
        begun, busy = self._begun
        capacity = (monotonic() - begun) * (os.cpu_count() or 1)
        return max(0.0, self._busy() - busy) / capacity

    def _busy(self) -> float:
        first = Path("/proc/stat").read_text(encoding="utf-8").split("\n", 1)[0].split()[1:]
        all_cores = sum(int(first[place]) for place in _BUSY) / _TICKS
        return all_cores - sum(process.cpu() for process in self._own)


async def quiet(own: Sequence[Process], within: float = 120.0) -> bool:
    """Wait until the others leave the machine alone; False if they do not `within` seconds."""
    deadline = monotonic() + within
    while monotonic() < deadline:
        others = Others(own)
        await asyncio.sleep(2.0)
        if others.share() < QUIET:
            return True
    return False
