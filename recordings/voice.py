"""Where in the sound of one side is there voice?"""

import numpy as np

from recordings.measure import WINDOW, Detector, Spoken
from recordings.sound import Samples
from speech import endpoint


def by(network: endpoint.Detector) -> Detector:
    """A detector for whole sides from one that judges window after window.

    What is between voice and no voice stays what it was, as while a caller is listened to.
    """

    def detect(samples: Samples) -> Spoken:
        network.reset()
        spoken = np.zeros(len(samples) // WINDOW, np.bool_)
        voice = False
        for number in range(len(spoken)):
            window = samples[number * WINDOW : (number + 1) * WINDOW]
            likelihood = network.likelihood(window)
            voice = likelihood >= (endpoint.NO_VOICE if voice else endpoint.VOICE)
            spoken[number] = voice
        return spoken

    return detect
