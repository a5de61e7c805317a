"""What has an engine, and the switch beside it, taken hold of, and what of it is still held later?"""

import asyncio
import gc
import os
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

OURS = ("ivr.", "routing.", "recordings.", "speech.")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Held:
    """What is held at one moment: memory in megabytes, everything else counted."""

    megabytes: float
    switch_megabytes: float
    objects: Counter[str]
    """Objects of our own, by their kind; the collector has run before."""
    tasks: int
    files: int
    switch_files: int
    threads: int

    @classmethod
    def now(cls, switch: int) -> "Held":
        """What this process and the switch, by its process id, hold now."""
        gc.collect()
        kinds = (type(one) for one in gc.get_objects())
        ours = Counter(
            f"{kind.__module__}.{kind.__qualname__}"
            for kind in kinds
            if str(kind.__module__).startswith(OURS)
        )
        return cls(
            megabytes=megabytes("self"),
            switch_megabytes=megabytes(str(switch)),
            objects=ours,
            tasks=len(asyncio.all_tasks()),
            files=_files("self"),
            switch_files=_files(str(switch)),
            threads=threading.active_count(),
        )

    def more_than(self, before: "Held") -> str:
        """What is held beyond what was `before`, in a sentence."""
        most = ", ".join(
            f"{name.rpartition('.')[2]} {count:+}"
            for name, count in (self.objects - before.objects).most_common(5)
        )
        return (
            f"engine {self.megabytes - before.megabytes:+.1f} MB, "
            f"switch {self.switch_megabytes - before.switch_megabytes:+.1f} MB, "
            f"tasks {self.tasks - before.tasks:+}, files {self.files - before.files:+}, "
            f"files of the switch {self.switch_files - before.switch_files:+}, "
            f"threads {self.threads - before.threads:+}, objects "
            f"{self.objects.total() - before.objects.total():+} ({most or 'none'})"
        )


def megabytes(process: str) -> float:
    """The resident memory of a process; proc_pid_statm(5), the second field."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="utf-8").split()[1])
    return pages * _PAGE / 2**20


def _files(process: str) -> int:
    return len(list(Path(f"/proc/{process}/fd").iterdir()))
