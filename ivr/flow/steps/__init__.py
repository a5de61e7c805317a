"""The registry of steps: every kind there is, by the field that names it."""

from ivr.flow.step import Step
from ivr.flow.steps.ask import Ask
from ivr.flow.steps.branch import Branch
from ivr.flow.steps.goto import Goto
from ivr.flow.steps.hangup import Hangup
from ivr.flow.steps.hours import HoursStep
from ivr.flow.steps.language import Language
from ivr.flow.steps.menu import Menu
from ivr.flow.steps.queue import Queue
from ivr.flow.steps.say import Say
from ivr.flow.steps.set import Set
from ivr.flow.steps.transfer import Transfer

STEPS: dict[str, type[Step]] = {
    "say": Say,
    "menu": Menu,
    "ask": Ask,
    "branch": Branch,
    "set": Set,
    "language": Language,
    "hours": HoursStep,
    "queue": Queue,
    "transfer": Transfer,
    "goto": Goto,
    "hangup": Hangup,
}
