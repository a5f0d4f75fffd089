"""Members of a JSON object, each taken once and with its type checked."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.errors import RefusedError
from appliance.planfile.words import printable, seconds


class Members:
    """One object; `path` names it in messages. What nobody has taken is a fault in the end."""

    def __init__(self, values: dict[str, object], path: str) -> None:
        self.path = path
        self._values = values
        self._left = set(values)

    @classmethod
    def of(cls, value: object, path: str) -> Members:
        """The value as an object. Raises `RefusedError` for another kind."""
        if not isinstance(value, dict):
            raise _wrong(path, "is no object")
        return cls(value, path)

    def any(self, name: str) -> object:
        """A member of any kind. Raises `RefusedError` where there is none."""
        if name not in self._values:
            raise _wrong(self._at(name), "is missing")
        self._left.discard(name)
        return self._values[name]

    def text(self, name: str) -> str:
        """A text."""
        value = self.any(name)
        if not isinstance(value, str):
            raise _wrong(self._at(name), "is no text")
        if not (printable(value) and printable(name)):
            raise _wrong(self._at(name), "has characters in it that no plan file has")
        return value

    def maybe(self, name: str) -> str | None:
        """A text or null."""
        return None if self.any(name) is None else self.text(name)

    def number(self, name: str) -> int:
        """A whole number."""
        value = self.any(name)
        if type(value) is not int:
            raise _wrong(self._at(name), "is no whole number")
        return value

    def time(self, name: str) -> int:
        """A time, in seconds since 1970."""
        try:
            return seconds(self.text(name))
        except ValueError:
            raise _wrong(self._at(name), 'is no time such as "2027-01-31T12:00:00Z"') from None

    def group(self, name: str) -> Members:
        """An object."""
        return Members.of(self.any(name), self._at(name))

    def groups(self, name: str) -> Iterator[Members]:
        """A list of objects."""
        for number, value in enumerate(self._list(name)):
            yield Members.of(value, f"{self._at(name)}[{number}]")

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        numbered = {str(number): value for number, value in enumerate(self._list(name))}
        return tuple(Members(numbered, self._at(name)).all_texts().values())

    def all_texts(self) -> dict[str, str]:
        """All members, each a text."""
        return {name: self.text(name) for name in self._values}

    def optional_texts(self) -> dict[str, str | None]:
        """All members, each a text or null."""
        return {name: self.maybe(name) for name in self._values}

    def done(self) -> None:
        """Raises `RefusedError` naming a member that nobody has taken: it may forbid something."""
        if self._left:
            raise _wrong(self._at(min(self._left)), "is not known to this release")

    def _list(self, name: str) -> list[object]:
        value = self.any(name)
        if not isinstance(value, list):
            raise _wrong(self._at(name), "is no list")
        return value

    def _at(self, name: str) -> str:
        shown = "".join(c if c.isprintable() else "?" for c in name[:80])
        return f"{self.path}.{shown}".removeprefix(".")


def _wrong(path: str, why: str) -> RefusedError:
    return RefusedError(
        f"this is no plan file that can be trusted: {path or 'it'} {why}",
        hint="nothing was touched; make a new one: `appliance plan SITE --out FILE`",
    )
