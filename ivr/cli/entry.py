"""The command `careline`, before the rest of it is loaded: ^C ends it then without a word."""

import signal
import sys


def main() -> None:
    """Run the command line."""
    usual = signal.signal(signal.SIGINT, signal.SIG_DFL)
    from ivr.cli.main import run  # noqa: PLC0415  takes up to a second

    signal.signal(signal.SIGINT, usual)
    sys.exit(run(sys.argv[1:]))
