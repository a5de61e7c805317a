"""Every parser that meets bytes from outside, with bytes that nobody would send."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.targets import SEEDS, TARGETS

# What has a meaning somewhere on the way: in AMI, AGI, a dialplan, CSV, YAML, a terminal, Unicode.
PIECES = [
    *(b"\r\n", b"\n", b"\r\n\r\n", b"\0", b"\x1f", b": ", b"|", b",", b'"', b"\\", b"'", b"%0d%0a"),
    *(b"${SHELL(id)}", b"{{ 1 }}", b"=1+1", b"+", b"-", b"@", b"\t", b"\x1b[2J", b"\x1b]0;x\x07"),
    *(b"Event: Hangup", b"Response: ", b"ActionID: ", b"200 result=", b"-", b"(", b")", b"HANGUP"),
    *(
        b"\x10\x07\x80",
        b"\x01\x00\x10",
        b"\xff\x00\x01",
        b"\x10\xff\xff",
        b"<sip:",
        b"@h;x>",
        b"tel:",
    ),
    *(b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", "\u202e".encode(), "\u2066א".encode(), "９".encode()),
    *(
        "\u2028".encode(),
        "\x85".encode(),
        b"x" * 10_000,
        b"9" * 5000,
        b"[" * 100,
        b"&a [*a]",
        b"!!x",
    ),
]
BYTES = st.lists(st.sampled_from(PIECES) | st.binary(max_size=12), max_size=12).map(b"".join)


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_comes_a_parser_keeps_its_promise(name: str) -> None:
    target = TARGETS[name]

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(begin=st.sampled_from([b"", *SEEDS[name]]), middle=BYTES, at=st.integers(0, 200))
    def tried(begin: bytes, middle: bytes, at: int) -> None:
        target(begin[:at] + middle + begin[at:])

    tried()


@pytest.mark.parametrize("name", TARGETS)
def test_every_sign_with_a_meaning_is_met_alone_and_in_a_sound_input(name: str) -> None:
    sound = SEEDS[name][0]
    for piece in PIECES:
        TARGETS[name](piece)
        for at in (0, len(sound) // 2, len(sound)):
            TARGETS[name](sound[:at] + piece + sound[at:])
