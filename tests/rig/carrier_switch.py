"""The carrier: an Asterisk that faces the hotline as its telephone network and its agents' phones.

It differs from a real carrier in one thing: trunk and phones are one process, so a test sees both
ends of a call by one clock. The trunk speaks from 127.0.0.3, the phones from 127.0.0.2.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr import resources
from ivr.agent import AgentAccount
from ivr.switch import files, process
from ivr.switch.install import Asterisk
from ivr.switch.instance import Instance
from ivr.switch.modules import MODULES

TRUNK_ADDRESS = "127.0.0.3"
PHONES_ADDRESS = "127.0.0.2"

_TEMPLATES = Path(__file__).parent / "carrier_conf"
_OWN = ("manager.conf", "musiconhold.conf", "pjsip.conf", "pjsip_phones.conf", "extensions.conf")
_LIKE_THE_HOTLINE = (
    "asterisk.conf",
    "cdr.conf",
    "cel.conf",
    "indications.conf",
    "logger.conf",
    "modules.conf",
    "pjproject.conf",
    "rtp.conf",
)
_EMPTY = ("acl", "ccss", "features", "queues", "queuerules", "udptl")
_MORE_MODULES = {
    "the driver": ("app_senddtmf", "res_pjsip_logger"),
    "phones that put on hold": ("app_bridgewait", "bridge_holding"),
}


@dataclass(frozen=True, slots=True)
class CarrierSwitch:
    """A running carrier. `hotline` is the hotline's SIP address, "host:port"."""

    asterisk: Asterisk
    instance: Instance
    hotline: str
    ami_port: int
    secret: str

    @classmethod
    def start(
        cls, asterisk: Asterisk, folder: Path, hotline: str, sip_port: int, ami_port: int, rtp: int
    ) -> "CarrierSwitch":
        """Start a carrier in `folder`; its audio has the 500 ports from `rtp`."""
        made = cls(asterisk, Instance(folder), hotline, ami_port, secrets.token_urlsafe(12))
        made.instance.make_folders()
        made.sounds.mkdir(exist_ok=True)
        made._write(sip_port, rtp)
        process.start(asterisk, made.instance)
        return made

    @property
    def sounds(self) -> Path:
        """Where what the callers and agents say and hear is kept."""
        return self.instance.folder / "sounds"

    def stop(self) -> None:
        """End it at once, calls and all."""
        process.stop(self.asterisk, self.instance, grace=0)

    def write_phones(self, agents: Sequence[AgentAccount]) -> None:
        """Write the phones of `agents`; the driver reloads."""
        values: dict[str, object] = {
            "agents": agents,
            "hotline": self.hotline,
            "phones_address": PHONES_ADDRESS,
        }
        self._put(_TEMPLATES, "pjsip_phones.conf", values)

    def _write(self, sip_port: int, rtp: int) -> None:
        values: dict[str, object] = {
            "name": "carrier",
            "etc": self.instance.etc,
            "run": self.instance.run,
            "state": self.instance.folder,
            "modules": self.asterisk.modules,
            "data": self.asterisk.data,
            "modules_wanted": {**MODULES, **_MORE_MODULES},
            "ami_port": self.ami_port,
            "secret": self.secret,
            "sip_port": sip_port,
            "rtp_first": rtp,
            "rtp_last": rtp + 499,
            "trunk_address": TRUNK_ADDRESS,
            "phones_address": PHONES_ADDRESS,
            "hotline": self.hotline,
            "agents": (),
            "sounds": self.sounds,
        }
        deploy = resources.deploy() / "asterisk"
        for name in _OWN:
            self._put(_TEMPLATES, name, values)
        for name in _LIKE_THE_HOTLINE:
            self._put(deploy, name, values)
        for name in _EMPTY:
            files.write(
                self.instance.etc / f"{name}.conf", files.render(deploy / "empty.conf.j2", {})
            )

    def _put(self, templates: Path, name: str, values: dict[str, object]) -> None:
        files.write(self.instance.etc / name, files.render(templates / f"{name}.j2", values))
