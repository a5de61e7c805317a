"""How long does it take to check flow files, the proof of every step's way to a human included?"""

import shutil
import tempfile
from pathlib import Path
from time import perf_counter

from rich.console import Console

from benchmarks import machine
from benchmarks.figures import Series, shown
from benchmarks.report import Claim, Report
from ivr.flow.load import check
from ivr.flow.problem import errors
from ivr.resources import flows

ROUNDS, QUICK_ROUNDS = 9, 2
FLOWS, STEPS = 200, 300
ALLOWED = 1.0  # seconds


def run(quick: bool, console: Console) -> Report:
    """Check a folder of 200 flows, and one flow of 300 steps."""
    rounds = QUICK_ROUNDS if quick else ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        many, long = Path(folder) / "many", Path(folder) / "long"
        many_flows(many, FLOWS)
        one_long_flow(long, STEPS)
        taken = {
            f"{FLOWS} flow files": _measure(many, rounds),
            f"a flow of {STEPS} steps": _measure(long, rounds),
        }
    return Report(
        name="check",
        title="Checking flow files, in seconds",
        how=(
            "Every rule and the proof, from the files on disk; the files are copies of the "
            "hotline's own flows, and the long flow a chain of menus, entries, conditions and "
            "announcements that branches back. Each check must find no error."
        ),
        columns=("what", "median", "best", "worst"),
        rows=tuple(
            (what, shown(series.median), shown(series.best), shown(series.worst))
            for what, series in taken.items()
        ),
        claims=tuple(
            Claim(f"{what} in under {ALLOWED:.0f} second", series.median < ALLOWED)
            for what, series in taken.items()
        ),
        machine=machine.facts(),
        figures={what: series.json() for what, series in taken.items()},
    )


def many_flows(folder: Path, count: int) -> None:
    """The hotline with copies of its flows, `count` of them in all, each of which can be reached."""
    shutil.copytree(
        flows(), folder, ignore=shutil.ignore_patterns("*.calls.yaml", "*.md", "*.json")
    )
    texts = {path.stem: path.read_text() for path in folder.glob("*.yaml")}
    originals = ("accounts", "home_service", "transfers")
    names = [f"copy_{number}" for number in range(count - sum(map(_is_flow, texts)) - 1)]
    for number, name in enumerate(names):
        original = originals[number % len(originals)]
        text = texts[original].replace(f"flow: {original}", f"flow: {name}")
        (folder / f"{name}.yaml").write_text(text)
    steps = "".join(
        f"  to_{number}: {{menu: main_again, choices: {{1: {name}, 2: to_{number + 1}}}, "
        "otherwise: main.human}\n"
        for number, name in enumerate(names)
    )
    (folder / "all.yaml").write_text(f"steps:\n{steps}  to_{len(names)}: {{goto: main.human}}\n")
    switch = texts["main"].replace("8: switch", "8: switch, 7: all")
    (folder / "main.yaml").write_text(switch)


def one_long_flow(folder: Path, steps: int) -> None:
    """The hotline with one more flow of `steps` steps."""
    shutil.copytree(
        flows(), folder, ignore=shutil.ignore_patterns("*.calls.yaml", "*.md", "*.json")
    )
    kinds = (
        "{{menu: main_again, choices: {{1: {on}, 2: {back}, 3: {on}}}, otherwise: main.human}}",
        "{{ask: ask_last_four, into: card, digits: 4, next: {on}, otherwise: main.human}}",
        '{{branch: [{{when: caller.tier == "gold", to: main.human}}], otherwise: {on}}}',
        "{{menu: confirm_last_four, choices: {{1: {on}, 2: {back}}}, otherwise: main.human}}",
        "{{set: {{last: card}}, next: {on}}}",
        "{{say: welcome, next: {on}}}",
    )
    lines = [
        f"  step_{number}: "
        + kinds[number % len(kinds)].format(
            on=f"step_{number + 1}" if number + 1 < steps else "main.human",
            back=f"step_{number - number % len(kinds)}",
        )
        for number in range(steps)
    ]
    (folder / "long.yaml").write_text("languages: [zh, en]\nsteps:\n" + "\n".join(lines) + "\n")
    main = (folder / "main.yaml").read_text().replace("8: switch", "8: switch, 7: long")
    (folder / "main.yaml").write_text(main)


def _is_flow(name: str) -> bool:
    return name != "center" and not name.startswith(("prompts", "intents"))


def _measure(folder: Path, rounds: int) -> Series:
    taken: list[float] = []
    for _ in range(rounds):
        began = perf_counter()
        checked = check(folder)
        taken.append(perf_counter() - began)
        if checked.hotline is None:
            raise RuntimeError(str(errors(checked.problems)[0]))
    return Series.of("s", taken)
