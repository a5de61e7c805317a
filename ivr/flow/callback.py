"""How is a caller offered to be called back, and at which number?

Nobody is rung who has not agreed to the number. Another number than the one that called is keyed and
not said, and is in no record; only those of `ivr.dialable` are taken.
"""

from ivr.dialable import may_be_rung
from ivr.flow.sayable import ANSWERS, Said, Sayable
from ivr.flow.talking import Talking
from ivr.line.commands import Keyed

OFFER = "callback_offer"
INSTEAD = "callback_instead"
CONFIRM = "callback_number"
KEY_IT = "callback_key_number"
WRONG = "callback_wrong_number"
KEPT = "callback_kept"
NOT_REACHED = "callback_not_reached"
WHISPER = "callback_whisper"
OFFERED = (OFFER, CONFIRM, KEY_IT, WRONG, KEPT)
OF_WHO_CANNOT_WAIT = (INSTEAD, CONFIRM, KEY_IT, WRONG, KEPT, NOT_REACHED, WHISPER)
PROMPTS = (*OFFERED, NOT_REACHED, WHISPER)
"""What a hotline must have words for that calls back; the last two are heard by agents."""

VARIABLE = "callback_number"
"""By which the prompts know the number."""

PATIENCE = 5.0
LONGEST = 16  # keys
ATTEMPTS = 3
"""So often a caller may key another number, or not answer, before it is taken for a no."""

YES_NO = Sayable(ANSWERS, turn="yes_no")


async def number_wanted(talk: Talking, offer: str = OFFER) -> str | None:
    """Offer it by the prompt `offer`; the number to ring, in E.164, or None: they do not want it.

    Raises `HumanWanted` and `BackWanted` like every question.
    """
    if await _answer(talk, offer) is not True:
        return None
    country = talk.hotline.center.center.country
    known = talk.caller.number
    number = may_be_rung(known, country) if known is not None else None
    for _ in range(ATTEMPTS):
        if number is None:
            number = await _keyed(talk, country)
        if number is None:
            return None
        talk.variables[VARIABLE] = number
        try:
            right = await _answer(talk, CONFIRM)
        finally:
            del talk.variables[VARIABLE]
        if right is True:
            return number
        if right is None:
            return None
        number = None
    return None


async def _answer(talk: Talking, prompt: str) -> bool | None:
    """Whether key 1 or a yes, or key 2 or a no, answers the prompt; None for anything else."""
    outcome = await talk.listen(prompt, most=1, patience=PATIENCE, own="12", says=YES_NO)
    match outcome:
        case Keyed("1"):
            return True
        case Keyed("2"):
            return False
        case Said():
            return talk.agreed(outcome)
    return None


async def _keyed(talk: Talking, country: str) -> str | None:
    prompt = KEY_IT
    for _ in range(ATTEMPTS):
        outcome = await talk.listen(
            prompt, most=LONGEST, patience=PATIENCE * 2, own="0123456789", secret=True
        )
        if not isinstance(outcome, Keyed):
            return None
        number = may_be_rung(outcome.keys, country)
        if number is not None:
            return number
        prompt = WRONG
    return None
