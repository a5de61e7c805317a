"""What the checks let expressions read is what a call knows, no more and no less."""

from datetime import date

from ivr.caller import Profile, parse_number, recognise
from ivr.flow.expression import compile_expression
from ivr.flow.knowing import Knowing
from ivr.flow.load import load
from ivr.flow.vocabulary import CALLER, CEL, CENTER, OURS, fields
from tests.flow.test_load import HERE
from tests.flow.test_steps import House


def knowing() -> Knowing:
    hotline = load(HERE / "ok")
    number = parse_number("13800138000", "CN")
    profile = Profile("+8613800138000", "王秀英", date(1950, 5, 1), ("zh",), "gold")
    caller = recognise(number, profile, date(2026, 11, 18), ("zh", "en"), "CN")
    return Knowing(hotline, caller, House())


def test_everything_that_is_known_of_a_caller_can_be_read_and_nothing_else() -> None:
    values = knowing().values()
    assert set(values["caller"]) == CALLER
    assert set(values["center"]) == CENTER


def test_every_function_of_a_call_is_known_and_none_besides() -> None:
    assert set(knowing().functions) == OURS
    assert not OURS & CEL


def test_a_name_within_quotes_is_no_attribute() -> None:
    assert list(fields('"caller.nmae" == caller.name', "caller")) == [(24, "name")]


def test_what_goes_through_a_list_is_no_variable() -> None:
    assert compile_expression("[1, 2].exists(one, one == digit)").reads == {"digit"}
