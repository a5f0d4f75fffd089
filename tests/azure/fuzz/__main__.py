"""Coverage-guided fuzzing of every importer: `python -m tests.azure.fuzz [SECONDS]`.

Needs atheris, which is not among the development packages (`pip install atheris`, CPython 3.11 to
3.13). It begins with all hand-written exports and sources. Whatever an input is, only our own
errors may come out, within 10 seconds and a gigabyte; what breaks that is left in this folder.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, cast

from tests.azure.fuzz.mutation import mutated

SEEDS = Path(__file__).parents[1]
SUFFIXES = (".json", ".txt", ".tfstate", ".parameters.json")


class _Atheris(Protocol):
    """What is used of atheris."""

    def instrument_imports(self, *, include: list[str]) -> Guard: ...
    def Setup(  # noqa: N802
        self,
        arguments: list[str],
        one: Callable[[bytes], None],
        *,
        custom_mutator: Callable[[bytes, int, int], bytes],
    ) -> None: ...
    def Mutate(self, data: bytes, limit: int) -> bytes: ...  # noqa: N802
    def Fuzz(self) -> None: ...  # noqa: N802


class Guard(Protocol):
    """A context manager."""

    def __enter__(self) -> object: ...
    def __exit__(self, *_: object) -> None: ...


def main(seconds: int) -> None:
    """Fuzz for so long."""
    atheris = cast(_Atheris, importlib.import_module("atheris"))
    with atheris.instrument_imports(include=["appliance"]):
        import appliance.azure  # noqa: PLC0415 -- to be instrumented, as all below

        for module in pkgutil.iter_modules(appliance.azure.__path__):
            importlib.import_module(f"appliance.azure.{module.name}")
        from appliance.azure import importer, runtime  # noqa: PLC0415 -- as above
        from appliance.errors import ExpectationError  # noqa: PLC0415 -- as above

    with tempfile.TemporaryDirectory(dir="/dev/shm") as held:
        folder, corpus = Path(held, "one"), Path(held, "corpus")
        folder.mkdir()
        _seed(corpus)

        def one(data: bytes) -> None:
            """The first byte tells how the file ends, the rest is in it."""
            file = folder / f"key-export{SUFFIXES[data[0] % len(SUFFIXES) if data else 0]}"
            file.write_bytes(data[1:])
            try:
                importer.outcomes([file])
            except ExpectationError as error:
                str(error)
            finally:
                file.unlink()
            for read in (runtime.ike_sas, runtime.peers, runtime.routes):
                read(data[1:].decode("utf-8", "replace"))

        def another(data: bytes, limit: int, seed: int) -> bytes:
            """Mostly another document, at times another heap of bytes."""
            found = mutated(data[1:], limit - 1, seed) if seed % 8 else None
            return data[:1] + found if found else atheris.Mutate(data, limit)

        limits = ["-timeout=10", "-rss_limit_mb=1024", "-max_len=60000"]
        words = [sys.argv[0], f"-max_total_time={seconds}", *limits, str(corpus)]
        atheris.Setup(words, one, custom_mutator=another)
        atheris.Fuzz()


def _seed(corpus: Path) -> None:
    """All hand-written files, each with the byte for its ending in front."""
    corpus.mkdir()
    for number, file in enumerate(sorted(SEEDS.rglob("*"))):
        if file.is_file() and file.suffix in (".json", ".txt", ".tfstate"):
            at = SUFFIXES.index(".parameters.json" if ".parameters." in file.name else file.suffix)
            (corpus / str(number)).write_bytes(bytes([at]) + file.read_bytes())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
