"""How long does `careline callers import` take for a hundred thousand people?"""

import csv
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

from rich.console import Console

from benchmarks import machine
from benchmarks.figures import Series, shown
from benchmarks.report import Claim, Report
from ivr import resources
from ivr.store.database import Database
from tests.rig.engine import CHECKOUT

ROWS = 100_000
ROUNDS = 3
MOST = 60.0  # seconds


def run(quick: bool, console: Console) -> Report:
    """The benchmark."""
    facts = machine.facts()
    rows = 1000 if quick else ROWS
    first: list[float] = []
    again: list[float] = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            shutil.copytree(resources.flows(), home / "flows")
            file = home / "callers.csv"
            _write(file, rows)
            first.append(_import(home, file, f"{rows} callers added"))
            _must_hold(home, rows)
            again.append(_import(home, file, f"{rows} unchanged"))
    return _report({"into an empty store": first, "the same again": again}, rows, facts)


def _write(file: Path, rows: int) -> None:
    """A file as a bank would make it: every column, names in Chinese, one in ten born abroad."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("number", "name", "birth", "languages", "tier", "notes"))
        writer.writerows(_row(n) for n in range(rows))


def _row(n: int) -> tuple[str, ...]:
    born = date(1930, 1, 1) + timedelta(days=n % 25_000)
    languages = "en zh" if n % 10 == 0 else "zh"
    tier = "gold" if n % 20 == 0 else ""
    notes = "说话请慢一点" if born.year < 1950 else ""
    return (f"138{n:08}", f"客户{n}", born.isoformat(), languages, tier, notes)


def _import(home: Path, file: Path, expected: str) -> float:
    """Seconds the whole command takes, from its start to its end."""
    environment = os.environ | {"CARELINE_HOME": str(home), "PYTHONPATH": str(CHECKOUT)}
    command = (sys.executable, "-c", _CARELINE, "callers", "import", str(file))
    begun = perf_counter()
    done = subprocess.run(
        command, env=environment, cwd=home, capture_output=True, text=True, check=False
    )
    took = perf_counter() - begun
    assert done.returncode == 0, done.stderr
    assert expected in done.stdout, done.stdout
    return took


_CARELINE = "from ivr.cli.entry import main; main()"  # what the installed `careline` is


def _must_hold(home: Path, rows: int) -> None:
    with Database.open(f"sqlite:///{home / 'var' / 'careline.db'}") as database:
        assert database.callers.count() == rows
        last = database.callers.find(f"+86138{rows - 1:08}")
        assert last is not None, "the last row is not there"
        assert last.name == f"客户{rows - 1}"


def _report(times: dict[str, list[float]], rows: int, facts: dict[str, object]) -> Report:
    series = {name: Series.of("s", values) for name, values in times.items()}
    median = series["into an empty store"].median
    return Report(
        name="import",
        title=f"careline callers import of {rows:,} rows on SQLite, in seconds",
        how=(
            f"The whole command, from its start to its end, {ROUNDS} times in a fresh home. Every "
            "number, birth date and language is checked on the way. Afterwards the store held every "
            "row."
        ),
        columns=("", "best", "median", "worst", "rows a second"),
        rows=tuple(
            (
                name,
                shown(s.best),
                shown(s.median),
                shown(s.worst),
                f"{rows / s.median:,.0f}",
            )
            for name, s in series.items()
        ),
        claims=(Claim(f"it takes less than {MOST:.0f} s ({median:.1f} s)", median < MOST),),
        machine=facts,
        figures={name: s.json() for name, s in series.items()},
    )
