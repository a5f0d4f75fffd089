"""argparse as this command line uses it: its errors are ours, its help as wide as the terminal."""

from __future__ import annotations

import argparse
import os

from appliance.errors import UsageError

# argparse has its few words translated, and Python comes with no translations: to find that out it
# loads `locale` and looks through folders, 1.5 ms of every start.
vars(argparse).update(_=str)


class Parser(argparse.ArgumentParser):
    """argparse leaves with 2 on a typing error, which is our word for drift."""

    def error(self, message: str) -> None:  # type: ignore[override]  # it raises, as the base exits
        said = message.partition("unrecognized arguments: ")[2]
        unknown = [one.partition("=")[0] for one in said.split() if one.startswith("-")]
        if unknown:  # without what stands behind them, which may be a key
            message = f"unrecognized arguments: {' '.join(unknown)}{self._meant(unknown[0])}"
        raise UsageError(message, hint=f"`{self.prog} --help` tells the options")

    def _meant(self, unknown: str) -> str:
        import re  # noqa: PLC0415 -- only for a mistyped option

        from appliance.inventory.fault import nearest  # noqa: PLC0415 -- as above

        names = re.findall(r"--([\w-]+)", self.format_usage())
        meant = nearest(unknown.lstrip("-"), names)  # hyphens, which all have, make none alike
        return f"; did you mean '--{meant}'?" if meant else ""


def formatted(prog: str) -> argparse.HelpFormatter:
    """As wide as the terminal. Left to itself argparse asks shutil, which loads bz2 and lzma, for
    each option it is given: 3 ms of every start."""
    columns = os.environ.get("COLUMNS", "")
    width = int(columns) if columns.isdecimal() and int(columns) else _terminal_columns()
    return argparse.RawDescriptionHelpFormatter(prog, width=max(width - 2, 20))


def _terminal_columns() -> int:
    try:
        return os.get_terminal_size(1).columns or 80
    except OSError:
        return 80
