"""One target under atheris, in a process of its own; arguments after its name are libFuzzer's."""

import sys

import atheris

with atheris.instrument_imports(include=["ivr", "panoramisk"]):
    from fuzz.targets import TARGETS


def main() -> None:
    """Never returns: libFuzzer ends the process."""
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
