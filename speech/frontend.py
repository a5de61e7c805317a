"""How does a telephone's sound reach a model that was trained on wider sound?

Measured with the Korean model and 90 phrases of three voices at 8 kHz µ-law, a grammar of 30 (right
and accepted): upsampled cleanly with soxr 40, by Kaldi's own resampler 72, each sample twice 83. A
clean upsampler leaves nothing above 4 kHz, which no sound that the model was trained on ever had; the
mirror image that repeating leaves there is nearer to the truth than silence.

A low shelf of +10 dB below 250 Hz makes no difference once samples are repeated: 80 with it, 83
without; and 83 against 81 for the same sound behind a high-pass at 300 Hz. So there is none.
"""

import numpy as np
import soxr

from speech.recognizer import RATE, Samples

WIDE = 16_000
"""Samples a second that the models want."""
HISS = 60.0
"""Level of the noise of `lively`: RMS, of 32,768."""


def wide(samples: Samples) -> Samples:
    """8 kHz sound as 16 kHz sound, for Vosk: each sample twice."""
    return np.repeat(samples, 2)


def lively(samples: Samples) -> Samples:
    """8 kHz sound as 16 kHz sound, for PocketSphinx: with a quiet hiss instead of digital silence.

    Measured with 60 English phrases of two voices at 8 kHz µ-law, a grammar of 30: 60 right with it,
    54 without, and what was in no grammar easier to tell apart (AUROC 0.998 against 0.979).
    """
    # The same sound gives the same words: the noise is no chance.
    noise = np.random.default_rng(0).normal(0.0, HISS, len(samples))
    loud = soxr.resample(samples.astype(np.float64) + noise, RATE, WIDE)
    found: Samples = np.clip(loud, -32768, 32767).astype(np.int16)
    return found
