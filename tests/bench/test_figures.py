"""Do the benchmarks count, and speak SIP and RTP, as they should?"""

import json
import secrets
import struct
from pathlib import Path

import numpy as np
import pytest

from benchmarks.figures import Series, shown
from benchmarks.load.callers import speaker, voice
from benchmarks.load.prompt_frames import alaw, only_in
from benchmarks.load.rtp import FRAME, KEY_TICKS, Mouth
from benchmarks.load.sip import Message, credentials, session
from benchmarks.report import Claim, Report
from tests.rig import sound

RTP = struct.Struct("!BBHI4s")
FAR = ("127.0.0.1", 4000)


def test_the_median_is_the_middle_or_the_mean_of_two() -> None:
    assert Series.of("ms", [3, 1, 2]).median == 2
    assert Series.of("ms", [4, 1, 2, 3]).median == 2.5


def test_the_95th_of_100_is_not_exceeded_by_95() -> None:
    hundred = Series.of("ms", range(100, 0, -1))
    assert (hundred.best, hundred.p95, hundred.worst) == (1, 95, 100)
    assert Series.of("ms", range(20)).p95 == 18
    assert Series.of("ms", [7]).p95 == 7


def test_nothing_has_no_median() -> None:
    with pytest.raises(ValueError, match="there is nothing"):
        Series.of("ms", [])


@pytest.mark.parametrize(
    ("value", "text"), [(0.1234, "0.123"), (1.234, "1.23"), (12.34, "12.3"), (1234.4, "1,234")]
)
def test_three_digits_are_shown(value: float, text: str) -> None:
    assert shown(value) == text


def test_a_report_holds_only_if_each_claim_does(tmp_path: Path) -> None:
    claims = (Claim("it is fast", holds=True), Claim("it is free", holds=False))
    report = Report("one", "a title", "how", ("", "a"), (("x", "1"),), claims, {}, {"a": 1})
    assert not report.holds
    kept = json.loads(report.keep(tmp_path).read_text())
    assert kept["table"] == [{"": "x", "a": "1"}]
    assert [claim["holds"] for claim in kept["claims"]] == [True, False]


def test_alaw_is_that_of_the_recommendation() -> None:
    """G.711, table 1a: the ends of the scale, and both sides of zero."""
    coded = alaw(np.array([0, -1, 32767, -32768, 8], np.int16))
    assert coded.tobytes() == bytes([0xD5, 0x55, 0xAA, 0x2A, 0xD5])


def test_a_prompt_is_known_by_frames_that_no_other_has(tmp_path: Path) -> None:
    mine, other = tmp_path / "mine.wav", tmp_path / "other.wav"
    low, high = sound.tone(443, 0.2), sound.tone(997, 0.2)
    sound.write(mine, np.concatenate([low, high]))
    sound.write(other, low)
    frames = only_in(mine, (other,))
    assert len(frames) == len(high) // FRAME
    assert only_in(mine, (mine,)) == frozenset()


def test_a_voice_is_heard_as_whose_it_is() -> None:
    frame = voice("a017").ljust(FRAME, b"\xd5")
    assert speaker(frame) == "a017"
    assert speaker(b"\xd5" * FRAME) is None


class Sent(list[bytes]):
    """Takes what a mouth sends."""

    def sendto(self, packet: bytes, to: tuple[str, int]) -> None:
        assert to == FAR
        self.append(bytes(packet))


def test_a_key_is_sent_as_events_with_one_time_and_three_ends() -> None:
    sent, released = Sent(), []
    mouth = Mouth(FAR, voice("somebody"))
    mouth.speak(sent)  # type: ignore[arg-type]
    mouth.press("7", lambda: released.append(len(sent)))
    for _ in range(KEY_TICKS + 2):
        mouth.speak(sent)  # type: ignore[arg-type]
    heads = [RTP.unpack_from(packet) for packet in sent]
    assert [head[2] for head in heads] == list(range(heads[0][2], heads[0][2] + len(sent)))
    kinds = [head[1] for head in heads]
    assert kinds == [8, 0x80 | 101, *[101] * (KEY_TICKS + 2), 8]
    events = sent[1:-1]
    assert {RTP.unpack_from(packet)[3] for packet in events} == {heads[0][3] + FRAME}
    assert {packet[12] for packet in events} == {7}
    assert [bool(packet[13] & 0x80) for packet in events] == [False] * KEY_TICKS + [True] * 3
    assert released == [len(sent) - 1]


def test_a_challenge_is_answered_as_in_the_rfc(monkeypatch: pytest.MonkeyPatch) -> None:
    """The example of RFC 2617, section 3.5."""
    monkeypatch.setattr(secrets, "token_hex", lambda size: "0a4f113b")
    challenge = (
        'Digest realm="testrealm@host.com", qop="auth,auth-int", '
        'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    answer = credentials(challenge, "GET", "/dir/index.html", "Mufasa", "Circle Of Life")
    assert 'response="6629fae49393a05397450978507c4ef1"' in answer
    assert 'opaque="5ccc069c403ebaf9f0171e9517f40e41"' in answer


def test_a_message_is_read_as_it_was_written() -> None:
    body = session("127.0.0.2", 4000)
    text = (
        "INVITE sip:a017@127.0.0.2:5070 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5060\r\n"
        "From: <sip:13800000001@127.0.0.1>;tag=x\r\nCall-ID: one\r\nCSeq: 7 INVITE\r\n"
        f"Contact: <sip:hotline@127.0.0.1:5060>\r\n\r\n{body}"
    )
    message = Message.read(text.encode())
    assert (message.method, message.status, message.user) == ("INVITE", 0, "a017")
    assert (message.caller, message.contact) == ("13800000001", "sip:hotline@127.0.0.1:5060")
    assert message.audio == ("127.0.0.2", 4000)
    assert Message.read(b"SIP/2.0 200 OK\r\nCSeq: 1 BYE\r\n\r\n").status == 200
