"""Fuzz every target for some seconds: python -m fuzz SECONDS [TARGET...]; exit 1 for a find.

Each runs in a process of its own, guided by coverage (atheris, libFuzzer). What was found interesting
is kept under var/fuzz and begun with the next time; an input that is a find is kept and named.
"""

import re
import subprocess
import sys
from pathlib import Path

from fuzz.targets import SEEDS, TARGETS

FOLDER = Path("var/fuzz")
LONGEST = 12_000  # bytes of an input


def fuzz(name: str, seconds: int) -> bool:
    """Fuzz one target and print how it went; whether nothing was found."""
    corpus = FOLDER / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS[name]):
        (corpus / f"seed-{number}").write_bytes(seed)
    limits = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=5"]
    done = subprocess.run(
        [sys.executable, "-m", "fuzz.one", name, *limits, f"-artifact_prefix={corpus}-", corpus],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    runs = re.search(r"Done (\d+) runs", done.stderr)
    covered = re.findall(r"cov: (\d+)", done.stderr)
    if done.returncode == 0 and runs is not None:
        print(f"{name:14}{int(runs[1]):>12,} executions, {covered[-1]} edges, nothing found")
        return True
    print(f"{name:14} FOUND SOMETHING\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return False


def main() -> int:
    """What the command line asks for."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    found = [name for name in sys.argv[2:] or TARGETS if not fuzz(name, seconds)]
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
