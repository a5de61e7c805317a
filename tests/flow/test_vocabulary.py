"""What the checks let expressions read is what a call knows, no more and no less."""

import gc
import weakref
from datetime import date

import pytest

from ivr.caller import Profile, parse_number, recognise
from ivr.flow.expression import Facts, Unknown, compile_expression
from ivr.flow.knowing import Knowing
from ivr.flow.load import load
from ivr.flow.vocabulary import CALLER, CEL, CENTER, OURS, fields
from tests.flow.house import House
from tests.flow.test_load import HERE


def knowing() -> Knowing:
    hotline = load(HERE / "ok")
    number = parse_number("13800138000", "CN")
    profile = Profile("+8613800138000", "王秀英", date(1950, 5, 1), ("zh",), "gold")
    caller = recognise(number, profile, date(2026, 11, 18), ("zh", "en"), "CN")
    return Knowing(hotline, caller, House())


def test_everything_that_is_known_of_a_caller_can_be_read_and_nothing_else() -> None:
    values = knowing().facts.values
    assert set(values["caller"]) == CALLER
    assert set(values["center"]) == CENTER


def test_every_function_of_a_call_is_known_and_none_besides() -> None:
    assert set(knowing().facts.functions) == OURS
    assert not OURS & CEL


def test_a_call_that_was_asked_something_leaves_nothing_behind() -> None:
    call = knowing()
    assert call.holds(compile_expression('open("office") || caller.tier == "gold"'))
    remembered = weakref.ref(call)
    del call
    gc.collect()
    assert remembered() is None


def test_what_has_changed_is_known_at_once_even_from_1_to_true() -> None:
    call = knowing()
    asked = [compile_expression(text) for text in ("seen == 1", "seen == true")]
    call.variables["seen"] = 1
    assert [call.holds(one) for one in asked] == [True, False]
    call.variables["seen"] = True
    assert [call.holds(one) for one in asked] == [False, True]


def test_a_value_of_no_type_that_cel_has_spoils_no_other() -> None:
    facts = Facts({"odd": object(), "seen": 1})
    assert compile_expression("seen == 1").holds(facts)
    with pytest.raises(Unknown):
        compile_expression("odd == 1").value(facts)


def test_a_name_within_quotes_is_no_attribute() -> None:
    assert list(fields('"caller.nmae" == caller.name', "caller")) == [(24, "name")]


def test_what_goes_through_a_list_is_no_variable() -> None:
    assert compile_expression("[1, 2].exists(one, one == digit)").reads == {"digit"}
