"""What is done with one recording? Opened, measured, taken down, judged; then secrets are left out.

Of what was said in the flow only the caller's side is taken down, since the hotline's words are known,
and nothing is judged: the rules are for agents.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter

from ivr.archive import Archive
from ivr.errors import NotFound
from ivr.quality.dictation import Alive, Dictation
from ivr.quality.holds import holds
from ivr.quality.rulebook import Rulebook
from recordings.catalogue import Recording
from recordings.checks import Finding, judge
from recordings.measure import Detector, Spoken, Stretch, measure
from recordings.review import Review
from recordings.sound import Samples, decode
from recordings.transcript import Transcript
from recordings.unsaid import without_secrets
from recordings.vault import Vault

ACT = "reviewed"
"""What stands in the audit log each time a worker opens a recording."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Looks at recordings; `spent` adds up the seconds each stage took."""

    archive: Archive
    vault: Vault
    detect: Detector
    dictation: Dictation
    rulebook: Rulebook
    now: Callable[[], datetime]
    spent: dict[str, float] = field(default_factory=dict)

    def review(self, recording: Recording, alive: Alive) -> Review:
        """Look at a recording. `alive` is called now and then; what it raises ends the work.

        Raises `NotFound`, `BadInput` and `HearingError` for a recording that cannot be opened,
        decoded or heard.
        """
        with self._stage("open"):
            sealed = io.BytesIO()
            self.archive.open(recording.name, self.vault, sealed, ACT)
            caller, agent = decode(sealed)
        alive()
        with self._stage("measure"):
            spoken: list[Spoken] = []

            def detect(side: Samples) -> Spoken:
                spoken.append(self.detect(side))
                alive()
                return spoken[-1]

            measures = measure(caller, agent, detect, self._holds(recording))
        transcript, why_not = None, self.dictation.why_not(recording.language)
        if not why_not:
            with self._stage("transcribe"):
                sides = (caller,) if recording.kind == "ivr" else (caller, agent)
                his, *hers = (
                    self.dictation.words(recording.language, side, where, alive)
                    for side, where in zip(sides, spoken, strict=False)
                )
                transcript = Transcript.of(recording.language, his, hers[0] if hers else [])
        with self._stage("judge"):
            found: list[Finding] = []
            if recording.kind == "talk":
                rules, limits = self.rulebook.rules()
                found = judge(transcript, measures, recording.queue, rules, limits)
            if transcript is not None:  # judged whole: a rule may be about a number
                transcript = without_secrets(transcript)
        return Review(
            recording=recording.name,
            at=self.now(),
            measures=measures,
            findings=tuple(found),
            transcript=transcript,
            note=why_not,
            caller_rate=transcript.rate("caller") if transcript else None,
            agent_rate=transcript.rate("agent")
            if transcript and recording.kind == "talk"
            else None,
        )

    def _holds(self, recording: Recording) -> list[Stretch]:
        try:
            events = self.archive.database.calls.show(recording.call_id).events
        except NotFound:
            return []
        return holds(events, recording.name)

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        begun = perf_counter()
        try:
            yield
        finally:
            self.spent[name] = self.spent.get(name, 0.0) + perf_counter() - begun
