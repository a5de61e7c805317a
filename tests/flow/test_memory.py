"""Each sub-dialog remembers for itself, none goes on for ever, and the way back is never lost."""

import pytest

from ivr.flow.hotline import Place
from ivr.flow.memory import DEEPEST, Memory, WentWrong

MENU, CARDS, SURE = Place("main", "menu"), Place("main", "cards"), Place("reader", "sure")


def entered(depth: int = 1) -> Memory:
    memory = Memory()
    memory.here.variables["card"] = "1"
    for _ in range(depth):
        memory.begin("reader", {"what": "card"}, "main", "tell", {"number": "typed"})
    return memory


def test_a_sub_dialog_knows_only_what_it_was_given() -> None:
    assert entered().here.variables == {"what": "card"}


def test_a_secret_of_the_call_is_none_of_the_sub_dialogs_business() -> None:
    memory = Memory()
    memory.here.secrets["pin"] = "4711"
    memory.begin("reader", {}, "main", "tell", {})
    assert memory.spend("pin") is None


def test_only_what_was_asked_for_comes_back() -> None:
    memory = entered()
    assert memory.come_back({"typed": "2", "more": "3"}) == ("main", "tell")
    assert memory.here.variables == {"card": "1", "number": "2"}


def test_what_a_sub_dialog_does_not_return_is_left_as_it_was() -> None:
    memory = entered()
    memory.come_back({})
    assert memory.here.variables == {"card": "1"}


def test_sub_dialogs_have_a_depth_at_which_they_end() -> None:
    memory = entered(DEEPEST)
    with pytest.raises(WentWrong):
        memory.begin("reader", {}, "main", "tell", {})


def test_nothing_returns_from_nowhere() -> None:
    with pytest.raises(WentWrong):
        Memory().come_back({})


@pytest.mark.parametrize(
    ("place", "is_human", "left"), [(SURE, False, False), (MENU, False, True), (SURE, True, True)]
)
def test_who_goes_elsewhere_or_to_a_human_leaves_all_sub_dialogs(
    place: Place, is_human: bool, left: bool
) -> None:
    memory = entered(2)
    assert memory.arrive(place, at_menu=False, is_human=is_human) is left
    assert memory.depth == (0 if left else 2)


def test_tries_are_counted_for_each_round_of_a_sub_dialog() -> None:
    memory = entered()
    assert [memory.count(SURE), memory.count(SURE)] == [1, 2]
    memory.come_back({})
    memory.begin("reader", {}, "main", "tell", {})
    assert memory.count(SURE) == 1


def test_the_way_back_leads_from_menu_to_menu_and_out_of_sub_dialogs() -> None:
    memory = Memory()
    memory.arrive(MENU, at_menu=True, is_human=False)
    memory.arrive(CARDS, at_menu=True, is_human=False)
    memory.begin("reader", {}, "main", "tell", {})
    memory.arrive(SURE, at_menu=True, is_human=False)
    assert memory.go_back(SURE) == CARDS
    assert memory.depth == 0
    memory.arrive(CARDS, at_menu=True, is_human=False)
    assert memory.go_back(CARDS) == MENU
    memory.arrive(MENU, at_menu=True, is_human=False)
    assert memory.go_back(MENU) == MENU


def test_there_is_no_way_back_into_a_sub_dialog_that_is_over() -> None:
    memory = Memory()
    memory.arrive(MENU, at_menu=True, is_human=False)
    memory.begin("reader", {}, "main", "tell", {})
    memory.arrive(SURE, at_menu=True, is_human=False)
    memory.come_back({})
    assert memory.go_back(CARDS) == MENU
