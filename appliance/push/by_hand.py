"""What a person is given whose device could not be brought back: the commands to type there."""

from __future__ import annotations

from appliance.errors import RollbackError
from appliance.model.change import Change


def with_commands(error: RollbackError, rollback: Change, site: str, run: int) -> RollbackError:
    """The error with the way back as it was recorded, keys as a mark, and where that is kept.

    Nothing else is tried: whoever stands at the console sees more than we do.
    """
    lines = "".join(f"\n       {step.text}" for step in rollback.steps)
    error.hint = (
        f"{error.hint}\n  -> what leads back, if it is not back by itself, also kept as "
        f"`appliance history {site} --show {run} rollback`:{lines}\n"
        f"  -> then `appliance recover {site}` reads the device and ends this push"
    )
    return error
