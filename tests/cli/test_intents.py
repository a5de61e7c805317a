"""What supervisors are told of how well callers are understood."""

import json
from pathlib import Path

import pytest

from ivr.cli.main import run
from ivr.flow.intent_tests import read_intent_tests
from ivr.flow.load import check
from ivr.resources import flows
from ivr.trial.sentences import try_sentences
from ivr.understanding import Understanding
from speech.encoder import installed
from speech.intents import Classifier

HERE = Path(__file__).parent
LIGHT = "--no-encoder"
INTENTS = """\
language: en
intents:
  lost_card: [I lost my card, my card was stolen, I lost my bank card, block the lost card]
  balance: [what is my balance, tell me my account balance, the balance please, my balance]
lists:
  card_type: {credit: [credit card], debit: [debit card]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Flow files with two intents."""
    hotline = tmp_path / "flows"
    hotline.mkdir()
    for path in (HERE.parent / "flow" / "ok").glob("*.yaml"):
        (hotline / path.name).write_text(path.read_text())
    (hotline / "intents.en.yaml").write_text(INTENTS)
    return hotline


def test_a_sentence_is_tried_with_the_examples_that_decided_and_what_it_names(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sentence = "I lost my credit card"
    assert run(["intents", "try", sentence, "--language", "en", "--flows", str(folder), LIGHT]) == 0
    told = capsys.readouterr().out
    assert told.startswith("lost_card: ")
    assert '"I lost my card" (lost_card)' in told
    assert 'card_type: credit, from "credit card"' in told


def test_own_examples_are_evaluated_by_cross_validation(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["intents", "evaluate", "--flows", str(folder), LIGHT, "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["sentences"], figures["intents"]) == (8, 2)
    assert figures["accuracy"] > 0.8


def test_a_test_file_is_measured_and_its_bad_line_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train, test = tmp_path / "train.csv", tmp_path / "test.csv"
    train.write_text("text,category\nmy card,a\nthe card,a\nmy money,b\nthe money,b\n")
    test.write_text("text,category\nyour card,a\nzebras,out_of_scope\n")
    both = ["--train", str(train), "--test", str(test), LIGHT]
    assert run(["intents", "evaluate", *both]) == 0
    assert "1 sentences of 1 intents and 1 out of scope" in capsys.readouterr().out
    test.write_text("text,category\nyour card\n")
    assert run(["intents", "evaluate", *both]) == 2
    assert "test.csv, line 2: found 1 cells" in capsys.readouterr().err


def test_sentences_are_tested_and_what_differs_stands_at_its_place(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["intents", "test", str(folder)]) == 2
    assert "There are no sentences to try" in capsys.readouterr().err
    tests = folder / "intents.tests.yaml"
    tests.write_text(
        "tests:\n"
        "  - {says: my card was stolen, language: en, intent: balance}\n"
        "  - {says: my credit card, language: en, slots: {card_type: debit, digits: '12'}}\n"
    )
    assert run(["intents", "test", str(folder)]) == 1
    told = capsys.readouterr().out
    assert "intents.tests.yaml:2:54: this is taken for lost_card, because of" in told
    assert "intents.tests.yaml:3:61: credit was found for card_type; debit was expected" in told
    assert "nothing was found for digits; 12 was expected" in told
    tests.write_text("tests: [{says: hm, language: en, intent: ballance, slots: {crd: x}}]")
    assert run(["intents", "test", str(folder)]) == 1
    told = "".join(capsys.readouterr())
    assert 'there is no intent "ballance"; did you mean "balance"?' in told
    assert 'there is no slot or list "crd"' in told


def test_confusable_examples_are_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = INTENTS.replace("my balance]", "my balance, I lost the card balance]")
    (folder / "intents.en.yaml").write_text(text)
    assert run(["intents", "confusable", "--flows", str(folder), LIGHT]) == 0
    told = capsys.readouterr().out
    assert "balance is taken for lost_card, 1 times:" in told
    assert '"I lost the card balance" is like' in told


def test_a_hotline_without_intents_is_told_how_to_write_some(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "intents.en.yaml").unlink()
    assert run(["intents", "confusable", "--flows", str(folder)]) == 2
    assert "Write what callers may say into intents.en.yaml" in capsys.readouterr().err


@pytest.mark.parametrize(
    "encoder", [pytest.param(False, id="light"), pytest.param(True, id="whole")]
)
def test_our_hotline_understands_its_sentences_with_and_without_an_encoder(
    monkeypatch: pytest.MonkeyPatch, encoder: bool
) -> None:
    if encoder and installed() is None:
        pytest.skip("The extra `encoder` is not installed.")
    inspection = check(flows()).inspection
    assert inspection is not None
    hotline = inspection.hotline
    expected = read_intent_tests(flows(), hotline.intents)
    assert len(expected) > 25
    if not encoder:
        light = Classifier.train(hotline.intents.training())
        monkeypatch.setattr(Understanding, "learn", lambda _: light)
    assert try_sentences(hotline, expected) == []
