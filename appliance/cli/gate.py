"""The word behind `--allow`: a gate, or a breaking check."""

from __future__ import annotations

from argparse import ArgumentTypeError

from appliance.gates import CHECK_NAMES, NAMES


def known(word: str) -> bool:
    """Whether there is such a gate."""
    return word in NAMES or word in CHECK_NAMES


def gate(word: str) -> str:
    """For argparse: the gate. Raises `ArgumentTypeError`, which names the nearest, for another."""
    if known(word):
        return word
    from difflib import get_close_matches  # noqa: PLC0415 -- only for a mistyped gate

    near = get_close_matches(word.lower(), (*NAMES, *map(str.lower, CHECK_NAMES)), n=1)
    there = near[0].upper() if near and near[0] not in NAMES else "".join(near)
    meant = f"did you mean {there}?" if near else f"there are {', '.join(NAMES)}, and check ids"
    raise ArgumentTypeError(f"there is no gate {word!r}; {meant}")
