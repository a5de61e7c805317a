"""language: speak another language from here on."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from ivr.flow.conversation import Conversation
from ivr.flow.fields import Target
from ivr.flow.step import Exit, Step


class Language(Step):
    """Changes the language of everything said after it, and of the agent the call will need.

    in_english: {language: en, next: main_menu}
    """

    kind: ClassVar[str] = "language"

    language: Annotated[str, Field(pattern="^[a-z]{2,3}$")]
    next: Target

    async def run(self, talk: Conversation) -> str:
        talk.speak(self.language)
        return self.next

    def exits(self) -> Iterator[Exit]:
        yield Exit(("next",), self.next)
