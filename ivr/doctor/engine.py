"""Does the engine run, and is it well?"""

from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException

from ivr import alone
from ivr.doctor.finding import Finding
from ivr.settings import Settings
from ivr.web.operator import HOST

PATIENCE = 5.0  # seconds


def engine(settings: Settings) -> Iterator[Finding]:
    """Whether `careline serve` answers calls now and, where it may be asked, whether it can."""
    running = alone.engine(settings.var)
    if running is None:
        yield Finding(
            "warning", "nobody answers calls: the engine is not running", "careline serve"
        )
        return
    yield Finding("good", f"the engine runs (process {running})")
    if settings.metrics_port is not None:
        yield from _ready(settings.metrics_port)


def _ready(port: int) -> Iterator[Finding]:
    """What the engine says of itself to monitoring."""
    connection = HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        said = answer.read(10_000).decode(errors="replace").splitlines()
    except (OSError, HTTPException):
        what = f"the engine does not say on port {port} whether it is ready"
        remedy = "its log says so if the port was taken; it hangs if it says nothing. Start it anew"
        yield Finding("warning", what, remedy)
        return
    finally:
        connection.close()
    if answer.status == 200:
        yield Finding("good", f"it says itself that it is ready (/readyz on port {port})")
    for line in said if answer.status != 200 else ():
        yield Finding("bad", f"the engine is not ready: {line}")
