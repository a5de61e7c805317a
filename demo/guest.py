"""A way in for a person: two softphone accounts at the hotline's switch while the demo stays open."""

import secrets

from ivr.switch import process
from tests.rig.rig import Switches

# The second account shows the number of the demo's 72-year-old, to hear what she hears.
ACCOUNTS = {"guest": "", "elder": "callerid = <13911110072>"}

_ACCOUNT = """
[{name}]
type = endpoint
context = from-carrier
disallow = all
allow = alaw,ulaw
dtmf_mode = auto
direct_media = no
auth = {name}
aors = {name}
{more}

[{name}]
type = auth
auth_type = userpass
username = {name}
password = {password}

[{name}]
type = aor
max_contacts = 1
"""


def let_in(switches: Switches) -> str:
    """Make the accounts known to the running switch and return their password."""
    password = secrets.token_urlsafe(6)
    accounts = (
        _ACCOUNT.format(name=name, more=more, password=password) for name, more in ACCOUNTS.items()
    )
    (switches.hotline.etc / "local_pjsip.conf").write_text("".join(accounts), encoding="utf-8")
    process.command(switches.asterisk, switches.hotline, "module reload res_pjsip.so")
    return password
