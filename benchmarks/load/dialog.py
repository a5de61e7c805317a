"""What passes between a caller and the switch in one call, from the INVITE to the BYE?"""

import secrets
from collections.abc import Callable

from benchmarks.load.sip import Address, Message, Wire, session


class Dialog:
    """The caller's side of one call, which wants to hear at `hears`.

    `answered` is called once, with the answer; `over` once, when it was refused, with the switch's
    words, or when the other side hung up, with none.
    """

    def __init__(
        self,
        wire: Wire,
        number: str,
        dialled: str,
        hears: Address,
        answered: Callable[[Message], None],
        over: Callable[[str], None],
    ) -> None:
        self._wire, self._number, self._hears = wire, number, hears
        self._answered, self._over = answered, over
        self._call_id = secrets.token_hex(12)
        self._from = f"<sip:{number}@{wire.here[0]}>;tag={secrets.token_hex(6)}"
        self._uri = f"sip:{dialled}@{wire.switch[0]}:{wire.switch[1]}"
        self._to = f"<{self._uri}>"
        self._up = False
        wire.dialogs[self._call_id] = self._happened

    def invite(self) -> None:
        """Ring."""
        self._request("INVITE", 1, session(*self._hears))

    def leave(self) -> None:
        """Forget the call; one that is still up is hung up."""
        if self._up:
            self._request("BYE", 2)
        self._wire.dialogs.pop(self._call_id, None)

    def _request(self, method: str, number: int, body: str = "", via: str = "") -> None:
        headers = {
            "From": self._from,
            "To": self._to,
            "Call-ID": self._call_id,
            "CSeq": f"{number} {method}",
            "Contact": self._wire.contact(self._number),
            "Allow": "INVITE, ACK, BYE, CANCEL, UPDATE, OPTIONS",
        }
        self._wire.request(method, self._uri, headers, body, via)

    def _happened(self, message: Message) -> None:
        match message.method, message.status:
            case "INVITE", 200:
                self._to, self._uri = message["To"], message.contact
                self._request("ACK", 1)
                if not self._up:  # else our ACK was late, and the answer came again
                    self._up = True
                    self._answered(message)
            case "INVITE", status if status >= 300:
                self._to = message["To"]
                self._request("ACK", 1, via=message["Via"])
                self._over(message.start)
            case "INVITE", 0:  # the switch says who is connected now
                self._wire.reply(message, "200 OK", body=session(*self._hears))
            case "UPDATE", 0:
                self._wire.reply(message, "200 OK")
            case "BYE", 0:
                self._wire.reply(message, "200 OK")
                self._up = False
                self._over("")
