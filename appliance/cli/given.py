"""What a command line gives: the names of files that errors are told with, and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from appliance.errors import ParseError, UsageError


@contextmanager
def of_file(path: str | None) -> Iterator[None]:
    """What a saved text cannot be read as is told with the name of its file; None is no file."""
    try:
        yield
    except ParseError as error:
        if path is not None and not error.where:
            error.where = "standard input" if path == "-" else path
        raise


def at_a_time(workers: int) -> int:
    """A number of `--workers` that makes sense. Raises `UsageError`."""
    if workers < 1:
        raise UsageError("--workers must be 1 or more", hint="it is how many are visited at a time")
    return workers
