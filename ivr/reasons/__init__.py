"""Why was this agent chosen, and why nobody else?

What a decision made of every agent is stored without words, with the call. Sentences are made when
somebody reads, in the reader's language.
"""

from ivr.reasons.shown import Shown
from ivr.reasons.stored import verdicts_of
from ivr.reasons.telling import sentence, sentences
from ivr.reasons.words import Language

__all__ = ["Language", "Shown", "sentence", "sentences", "verdicts_of"]
