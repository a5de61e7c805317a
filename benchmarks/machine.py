"""On what was measured, and what did it cost the processor?"""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


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
