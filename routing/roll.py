"""Who is on the floor, kept so that a picture of everybody costs next to nothing?

Every decision keeps all seats as they were. Seats lie in pages; a change copies one page, and a
picture is a tuple of pages, so of thousands of agents only some dozens of pointers are copied.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from routing.model import Seat

PAGE = 64

Page = tuple[Seat | None, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """All seats of one moment, in the order of arrival."""

    pages: tuple[Page, ...]

    def __iter__(self) -> Iterator[Seat]:
        for page in self.pages:
            for seat in page:
                if seat is not None:
                    yield seat

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def with_seat(self, seat: Seat) -> "Picture":
        """The picture with another seat for the same agent."""
        return Picture(
            tuple(
                tuple(seat if one is not None and one.name == seat.name else one for one in page)
                for page in self.pages
            )
        )


class Roll:
    """Seats by agent, in pages."""

    def __init__(self) -> None:
        self._pages: list[Page] = []
        self._at: dict[str, int] = {}
        self._next = 0

    def put(self, seat: Seat) -> None:
        """Add or replace an agent's seat."""
        at = self._at.get(seat.name)
        if at is None:
            at = self._at[seat.name] = self._next
            self._next += 1
        self._write(at, seat)

    def remove(self, agent: str) -> None:
        """Take out an agent who is here; once most places are empty, the others move up."""
        self._write(self._at.pop(agent), None)
        if self._next > 2 * len(self._at) + PAGE:
            seats = tuple(self.picture())
            self._pages, self._at, self._next = [], {}, 0
            for seat in seats:
                self.put(seat)

    def picture(self) -> Picture:
        """Everybody as they are now."""
        return Picture(tuple(self._pages))

    def _write(self, at: int, seat: Seat | None) -> None:
        page, place = divmod(at, PAGE)
        if page == len(self._pages):
            self._pages.append((None,) * PAGE)
        before = self._pages[page]
        self._pages[page] = (*before[:place], seat, *before[place + 1 :])
