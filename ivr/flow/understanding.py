"""What may the caller say at a point of the call, and what was meant by what was said?"""

from collections.abc import Collection, Mapping
from datetime import date

from ivr.caller import Caller
from ivr.flow.fields import Interrupt
from ivr.flow.global_keys import HumanWanted
from ivr.flow.hotline import Hotline
from ivr.flow.knowing import Knowing
from ivr.flow.sayable import (
    ANSWERS,
    GUESSED,
    SURE,
    Said,
    Sayable,
    Wanted,
    grammars,
    meaning,
    meanings_of,
)
from ivr.flow.serving import House
from ivr.flow.slots import kind_of
from ivr.line.commands import Speech, Unclear, Utterance
from recordings.unsaid import hidden_text
from speech.slots import Kind, find


class Understanding(Knowing):
    """The part of a `Conversation` that understands."""

    def __init__(self, hotline: Hotline, caller: Caller, house: House) -> None:
        super().__init__(hotline, caller, house)
        self.slow = self.elderly
        self._remembered: Said | None = None
        self._left: str | None = None  # the language that what was heard led away from

    def _speech(self, says: Sayable, interrupt: Interrupt) -> Speech | None:
        """What may be said, in the language of the call first; None where nothing is heard."""
        others = self.hotline.center.center.languages if says.any_language else ()
        also = () if says.also is None else (says.also,)
        languages = dict.fromkeys((self.language, *also, *others))
        heard = [language for language in languages if self.house.hears(language)]
        if not heard:
            return None
        sayable = grammars(self.hotline.intents, says, heard, self.language)
        return Speech(sayable, says.turn, barge_in=interrupt.by_voice, slow=self.slow)

    def _take(self, heard: Utterance, says: Sayable) -> Said | Unclear:
        """What an utterance means here. The call goes on in the language it was said in."""
        known = meanings_of(self.hotline.intents, says, heard.language)
        meant, whole = meaning(known, heard.text)
        unknown = meant is None and not (says.free or says.more or says.turn == "digits")
        guessed = heard.confidence < GUESSED
        # Where digits are asked for they are an answer; elsewhere they may be anybody's secret.
        told = heard.text if says.turn == "digits" else hidden_text(heard.text, heard.language)
        self.note(
            "utterance",
            text=told,
            language=heard.language,
            confidence=round(heard.confidence, 2),
            meaning=meant,
        )
        if unknown or guessed:
            return Unclear("not_understood")
        before: str | None = None
        if heard.language != self.language:
            before = self.language
            self.speak(heard.language)
            self._left = before
        if meant == "human":
            raise HumanWanted
        others = tuple(one.text for one in heard.others)
        return Said(heard.text, heard.language, heard.confidence, meant, whole, others, before)

    def found(self, said: Said, wanted: Mapping[str, Kind]) -> dict[str, str | bool]:
        """What of `wanted`, a kind for each name, was named in what was said."""
        for text in (said.text, *said.others):
            values = find(text, said.language, wanted, self.today)
            if values:
                return {name: slot.value for name, slot in values.items()}
        return {}

    async def understand(self, said: Said, among: Collection[str]) -> Wanted:
        """Which of the intents `among` was meant; kept in the record with the examples that decided.

        Words that stand among the examples need no judgement. What was heard badly is not sure,
        however clear its meaning. Raises `HumanWanted` where that is what was meant.
        """
        if said.whole and said.meaning in among:
            intent, answer, confidence, because = said.meaning, "act", 1.0, [f"like {said.text}"]
        else:
            wanted = {*among, "human"} & set(self.hotline.intents.names())
            found = await self.house.understand(said.text, said.language, said.others, wanted)
            intent, answer, confidence = found.intent, str(found.answer), found.confidence
            because = [f"like {one.sentence} ({one.intent})" for one in found.because]
        self.note(
            "understood",
            intent=intent,
            answer=answer,
            confidence=round(confidence, 3),
            sentences=because,
        )
        if intent == "human" and intent not in among:
            raise HumanWanted
        return Wanted(intent, answer == "act" and said.confidence >= SURE)

    def agreed(self, said: Said) -> bool | None:
        """Whether what was said is a yes or a no; None where it is neither."""
        if said.meaning in ANSWERS:
            return said.meaning == "yes"
        words = kind_of("yes_no", (0, 0), self.hotline.intents, said.language)
        answer = self.found(said, {"answer": words}).get("answer")
        return answer if isinstance(answer, bool) else None

    def remember(self, said: Said) -> None:
        """Keep what was said for a form, which takes from it what it wants."""
        self._remembered = said

    def recall(self) -> Said | None:
        """What was said last and not asked about since; it is forgotten with this."""
        told, self._remembered = self._remembered, None
        return told

    @property
    def today(self) -> date:
        """The day where the hotline is."""
        return self.house.now().astimezone(self.hotline.center.zone).date()

    @property
    def heard_here(self) -> bool:
        """Whether what the caller says in the language of the call can be recognized."""
        return self.house.hears(self.language)

    def speak(self, language: str) -> None:
        """Go on in another language."""
        self.language, self._left = language, None
        self.note("language", language=language)
