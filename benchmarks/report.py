"""What does a benchmark say in the end? Printed for people, and kept as JSON for comparisons."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Claim:
    """What Careline says of itself, and whether this run bears it out."""

    text: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Report:
    """One benchmark's outcome. `how` says in sentences what was measured and how it was verified.

    `columns` and `rows` are the table; `figures` are the numbers behind it, for JSON.
    """

    name: str
    title: str
    how: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    claims: tuple[Claim, ...]
    machine: Mapping[str, object]
    figures: Mapping[str, object]
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    @property
    def holds(self) -> bool:
        """Whether this run bears out every claim."""
        return all(claim.holds for claim in self.claims)

    def show(self, console: Console) -> None:
        """Print it."""
        table = Table()
        for number, column in enumerate(self.columns):
            table.add_column(column, justify="right" if number else "left")
        for row in self.rows:
            table.add_row(*map(escape, row))
        console.print(f"\n[bold]{self.name}[/]: {escape(self.title)}", highlight=False)
        console.print(table)
        console.print(escape(self.how), highlight=False)
        for claim in self.claims:
            verdict = "[green]holds[/]" if claim.holds else "[red]DOES NOT HOLD[/]"
            console.print(f"  {verdict}  {escape(claim.text)}", highlight=False)
        machine = ", ".join(f"{name} {value}" for name, value in self.machine.items())
        console.print(f"  [dim]{escape(machine)}[/]", highlight=False)

    def keep(self, folder: Path) -> Path:
        """Write it to NAME.json in `folder`; returns the file."""
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{self.name}.json"
        said = {
            "benchmark": self.name,
            "title": self.title,
            "at": self.at,
            "how": self.how,
            "machine": self.machine,
            "claims": [{"text": claim.text, "holds": claim.holds} for claim in self.claims],
            "table": [dict(zip(self.columns, row, strict=True)) for row in self.rows],
            "figures": self.figures,
        }
        file.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return file
