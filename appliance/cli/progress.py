"""What a person sees while pushes work: lines, and on a terminal what goes on below them.

The countdown is the same for every kind of device: from when its own timer was seen to run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress

from appliance.cli.common import tell
from appliance.cli.signals import Board
from appliance.push.machine import State
from appliance.push.standing import Standing, clock
from appliance.secrets.redact import REDACTOR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text

_ROWS = 8
_A_SECOND = 4


class Progress:
    """Lines as they come, each masked. `board` are the pushes under way."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self._stages: dict[str, str] = {}

    def stage(self, site: str, text: str) -> None:
        """What a push is at now."""
        self._stages[site] = text

    def ended(self, site: str) -> None:
        """The push of this site is at its end."""
        self._stages.pop(site, None)
        self.board.take(site)

    def line(self, text: str) -> None:
        """A word that stays."""
        tell(REDACTOR.mask(text))

    def start(self) -> None:
        """From here on nobody is asked anything."""

    def stop(self) -> None:
        """Leave the terminal as it was."""

    def rows(self) -> tuple[str, ...]:
        """What goes on now, a line for each site that has something on its device."""
        pushes = self.board.under_way
        rows = tuple(map(self._row, pushes[:_ROWS]))
        more = len(pushes) - _ROWS
        return (*rows, f"and {more} more") if more > 0 else rows

    def _row(self, one: Standing) -> str:
        back = one.state is State.REVERTING
        stage = "going back" if back else self._stages.get(one.site, str(one.state))
        parts = [f"{one.site}: {stage}"]
        if 0 < one.sent < one.total:
            parts.append(f"{one.sent} of {one.total} commands")
        left = one.left()
        if left is not None:
            parts.append(f"the device reverts in {clock(left)}")
        return " · ".join(parts)


class _Live(Progress):
    """The same with rich: rows and counts stand below the lines, and are drawn anew."""

    def __init__(self, board: Board, counts: Callable[[], str]) -> None:
        super().__init__(board)
        self._counts = counts
        self._live: Live | None = None

    def start(self) -> None:
        from rich.console import Console  # noqa: PLC0415 -- 60 ms, for terminals only
        from rich.live import Live  # noqa: PLC0415 -- as above

        console = Console(stderr=True, highlight=False, markup=False, emoji=False)
        self._live = Live(
            console=console,
            get_renderable=self._drawn,
            refresh_per_second=_A_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()

    def stop(self) -> None:
        live, self._live = self._live, None
        if live is not None:
            with suppress(OSError):  # the terminal has gone
                live.stop()

    def line(self, text: str) -> None:
        live = self._live
        if live is None:
            super().line(text)
        else:
            with suppress(OSError):  # the terminal has gone, and the push goes on
                live.console.print(REDACTOR.mask(text), soft_wrap=True)

    def _drawn(self) -> Text:
        from rich.text import Text  # noqa: PLC0415 -- as above

        lines = (*self.rows(), self._counts())
        text = "\n".join(line for line in lines if line)
        return Text(REDACTOR.mask(text), style="bold", no_wrap=True, overflow="ellipsis")


def progress(board: Board, counts: Callable[[], str] = str, *, plain: bool = False) -> Progress:
    """The one that suits where standard error goes; `counts` is a line about the whole."""
    return Progress(board) if plain or not _terminal() else _Live(board, counts)


def _terminal() -> bool:
    """Whether a person looks at a terminal that can be drawn on, and wants it to be."""
    unwanted = os.environ.get("NO_COLOR") or os.environ.get("CI")
    return not unwanted and os.environ.get("TERM", "dumb") != "dumb" and sys.stderr.isatty()
