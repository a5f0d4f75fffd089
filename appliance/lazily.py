"""Modules that are imported when one of their functions is first called."""

from __future__ import annotations

from collections.abc import Callable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Lazily:
    """Stands for a module: its attributes are functions that import it and call the real one.

    What a driver's table names is then loaded by the commands that need it: a render or a drift
    from a file loads no SSH library, nor a second parser. No type checker sees through it:
    tests/vendors/test_drivers.py holds every function against the table's types.
    """

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, function: str) -> Callable[..., Any]:
        def call(*arguments: object, **named: object) -> Any:  # noqa: ANN401 -- stands for any
            # Built in: importlib is one more module at every start.
            module = __import__(self._name, fromlist=(function,))
            return getattr(module, function)(*arguments, **named)

        call.__qualname__ = f"{self._name}.{function}"
        return call
