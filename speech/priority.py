"""Who waits when the processor is short? Recognizers, and not the sound of calls.

Callers hear a prompt that is 0.1 s late, and nobody hears an answer that is. Measured with three Vosk
turns and one of PocketSphinx decoded without a rest beside four paced prompts, on two cores with much
other work: of 2,400 frames 150 were more than 40 ms late, 22 more than 100 ms; with `NICER`, 7 and
none, and as many turns were decoded.
"""

import os
import sys
from contextlib import suppress

NICER = 5


def yield_to_sound() -> None:
    """Let the thread that calls this, or the process if it has no other, wait for what is urgent."""
    if sys.platform == "linux":  # elsewhere it would be all threads of the process
        with suppress(OSError):  # a sandbox may forbid it; then it is as urgent as the rest
            now = os.getpriority(os.PRIO_PROCESS, 0)
            os.setpriority(os.PRIO_PROCESS, 0, min(19, now + NICER))
