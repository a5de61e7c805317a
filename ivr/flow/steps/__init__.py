"""The registry of steps: every kind there is, by the field that names it."""

from ivr.flow.step import Step
from ivr.flow.steps.ask import Ask
from ivr.flow.steps.branch import Branch
from ivr.flow.steps.callback import Callback
from ivr.flow.steps.do import Do
from ivr.flow.steps.form import Form
from ivr.flow.steps.goto import Goto
from ivr.flow.steps.hangup import Hangup
from ivr.flow.steps.hours import HoursStep
from ivr.flow.steps.language import Language
from ivr.flow.steps.listen import Listen
from ivr.flow.steps.lookup import Lookup
from ivr.flow.steps.menu import Menu
from ivr.flow.steps.queue import Queue
from ivr.flow.steps.record import Record
from ivr.flow.steps.recording import Recording
from ivr.flow.steps.return_ import Return
from ivr.flow.steps.say import Say
from ivr.flow.steps.set import Set
from ivr.flow.steps.share import Share
from ivr.flow.steps.sms import Sms
from ivr.flow.steps.survey import Survey
from ivr.flow.steps.ticket import Ticket
from ivr.flow.steps.transfer import Transfer
from ivr.flow.steps.tries import Tries
from ivr.flow.steps.voicemail import Voicemail

STEPS: dict[str, type[Step]] = {
    "say": Say,
    "menu": Menu,
    "listen": Listen,
    "ask": Ask,
    "form": Form,
    "survey": Survey,
    "branch": Branch,
    "share": Share,
    "tries": Tries,
    "set": Set,
    "language": Language,
    "lookup": Lookup,
    "sms": Sms,
    "ticket": Ticket,
    "record": Record,
    "recording": Recording,
    "voicemail": Voicemail,
    "hours": HoursStep,
    "queue": Queue,
    "callback": Callback,
    "transfer": Transfer,
    "goto": Goto,
    "do": Do,
    "return": Return,
    "hangup": Hangup,
}
