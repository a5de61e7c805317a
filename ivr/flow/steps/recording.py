"""recording: the caller's answer to being recorded."""

from collections.abc import Iterator
from typing import ClassVar

from ivr.flow.conversation import Conversation
from ivr.flow.fields import Target, YesNo
from ivr.flow.step import Exit, Step


class Recording(Step):
    """Keeps with the call whether its talks may be recorded; `off`: none that begins from here on
    is. The last answer counts. A call that comes past no such step is recorded as the hotline's
    settings say. Where what is said in the flow is recorded, too, `off` ends that, and what there is
    of it until here is deleted.

        no_thanks: {recording: off, next: agent}
    """

    kind: ClassVar[str] = "recording"

    recording: YesNo
    next: Target

    async def run(self, talk: Conversation) -> str:
        await talk.consent(recording=self.recording)
        return self.next

    def exits(self) -> Iterator[Exit]:
        yield Exit(("next",), self.next)
