"""By which rules are talks judged? Those of the live version's quality.yaml."""

import logging

from ivr.flow.problem import BrokenFlow, Problem
from ivr.flow.quality import FILE, QualityFile
from ivr.flow.read_model import read_model
from ivr.flow.source import parse
from ivr.store.versions import Versions
from recordings.checks import Limits, Rule

log = logging.getLogger(__name__)


class Rulebook:
    """Follows what is published, so that a worker that runs for weeks judges by today's rules."""

    def __init__(self, versions: Versions) -> None:
        self._versions = versions
        self._number: int | None = None
        self._rules: tuple[list[Rule], Limits] = ([], Limits())

    def rules(self) -> tuple[list[Rule], Limits]:
        """The rules and limits now; none where nothing was published, or no quality.yaml in it."""
        number = self._versions.latest()
        if number is not None and number != self._number:
            text = self._versions.files(number).texts.get(FILE)
            self._rules = ([], Limits()) if text is None else _read(text, number)
            self._number = number
        return self._rules


def _read(text: str, number: int) -> tuple[list[Rule], Limits]:
    problems: list[Problem] = []
    file = None
    try:
        source = parse(text, FILE)
        file = read_model(QualityFile, source, (), source.data, FILE, problems)
    except BrokenFlow as broken:
        problems += broken.problems
    if file is None:  # it was sound when it was published, by another Careline
        log.error("version %d judges nothing: %s", number, problems[0])
        return [], Limits()
    return file.judged_by()
