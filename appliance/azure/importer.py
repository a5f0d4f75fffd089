"""Exports in, expectations out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from appliance.azure.connection import assemble
from appliance.azure.expectation import Expectation, matching
from appliance.azure.gathering import gather
from appliance.azure.heap import Heap
from appliance.azure.origin import real_id
from appliance.azure.reading import Document, documents
from appliance.azure.resources import Kind, Resource, name_of, show_command
from appliance.azure.spelling import nearest, shorten
from appliance.azure.tree import Faults
from appliance.errors import ExpectationError
from appliance.record import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

_WHAT = "the Azure exports"
_CONNECTIONS = (Kind.CONNECTION, Kind.WAN_CONNECTION)
_MAX_NAMED = 5
_TELL_ID = "set azure.connection (`import`: --connection) to the id of the one that is meant"
_Work = tuple[str, str | None, Callable[[], Expectation | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one connection: its expectation, or the error that says why there is none."""

    name: str
    id: str | None
    expectation: Expectation | None
    error: ExpectationError | None


def outcomes(paths: Sequence[str | Path]) -> tuple[Outcome, ...]:
    """All site-to-site connections in files and directories of exports, sorted by name.

    An incomplete connection spoils no other. Raises `ExpectationError` with every fault found when
    a file cannot be read, or there is no connection.
    """
    faults, notes = Faults(), list[str]()
    return from_documents(documents(paths, faults, notes), faults, notes)


def from_documents(
    each: Iterable[Document], faults: Faults, notes: list[str]
) -> tuple[Outcome, ...]:
    """As `outcomes`, of documents that may come from anywhere; their nodes have these `faults`."""
    heap = gather(iter(each), notes)
    faults.stop(_WHAT)
    wanted = _connections(heap, faults)
    found = tuple((name, identity, *_outcome(work, faults)) for name, identity, work in wanted)
    shared = tuple(dict.fromkeys(heap.notes))
    return tuple(
        Outcome(
            name=name,
            id=identity,
            expectation=done and replace(done, notes=(*done.notes, *shared)),
            error=error,
        )
        for name, identity, done, error in found
    )


def choose(found: Sequence[Outcome], connection: str | None) -> Expectation:
    """The connection of this name or id; None stands for the only one there is.

    Raises its `ExpectationError`, or one that lists the names when it is not clear which is meant.
    """
    outcome = found[_index([(each.name, each.id) for each in found], connection)]
    if outcome.expectation is None:
        raise outcome.error or ExpectationError("nothing came of it", where=outcome.name)
    return outcome.expectation


def load(paths: Sequence[str | Path], *, connection: str | None = None) -> tuple[Expectation, ...]:
    """All site-to-site connections in files and directories of exports, sorted by name.

    With `connection`, a name or id, only that one, so that others may be incomplete. Raises
    `ExpectationError` with every fault found.
    """
    found = outcomes(paths)
    if connection is not None:
        return (choose(found, connection),)
    faults = Faults()
    for outcome in found:
        if outcome.error is not None:
            faults.take(outcome.error)
    faults.stop(_WHAT)
    return tuple(each.expectation for each in found if each.expectation is not None)


def select(expectations: Sequence[Expectation], connection: str | None) -> Expectation:
    """The connection of this name or id; None stands for the only one there is.

    Raises `ExpectationError` that lists the names when it is not clear which is meant.
    """
    return expectations[_index([(each.name, each.id) for each in expectations], connection)]


def _outcome(
    work: Callable[[], Expectation | None], faults: Faults
) -> tuple[Expectation | None, ExpectationError | None]:
    """Put one connection together; `faults` is left empty for the next."""
    found = work()
    try:
        faults.stop(_WHAT)
    except ExpectationError as error:
        faults.found.clear()
        return None, error
    return found, None


def _index(named: Sequence[tuple[str, str | None]], connection: str | None) -> int:
    """Position of the connection meant among (name, id) pairs."""
    wanted = matching(named, connection)
    if len(wanted) == 1:
        return wanted[0]
    hint = _TELL_ID if wanted and connection is not None else _hint(named)
    raise ExpectationError(_unclear(named, wanted, connection), where=_WHAT, hint=hint)


def _unclear(
    named: Sequence[tuple[str, str | None]], wanted: Sequence[int], connection: str | None
) -> str:
    if not named:
        return "there is no connection in them"
    if connection is None:
        return f"{len(named)} connections, and none is named"
    if wanted:
        return f"{len(wanted)} connections are called {shorten(connection)}: " + ", ".join(
            str(named[at][1]) for at in wanted
        )
    near = nearest(connection, tuple(name for name, _ in named))
    guess = f"; did you mean {near}?" if near else ""
    return f"no connection {shorten(connection)} in them{guess}"


def _hint(named: Sequence[tuple[str, str | None]]) -> str:
    if not named:
        return f"add one: {show_command(Kind.CONNECTION, None)}"
    shown = [name for name, _ in named[:20]]
    more = f" and {len(named) - len(shown)} more" if len(named) > len(shown) else ""
    names = ", ".join(shown)
    return f"set azure.connection (`import`: --connection) to one of: {names}{more} (or to its id)"


def _connections(heap: Heap, faults: Faults) -> tuple[_Work, ...]:
    """All connections to on-premises sites: name, id and how to put each together, by name."""
    found = [_vnet_work(each, heap) for each in _of_vnet_gateways(heap)]
    if heap.of(Kind.WAN_CONNECTION) or heap.branches:
        found += _of_wan(heap)
    if not found:
        _none_found(heap, faults)
    faults.stop(_WHAT)
    return tuple(sorted(found, key=lambda work: (work[0], work[1] or "")))


def _vnet_work(connection: Resource, heap: Heap) -> _Work:
    return connection.name, real_id(connection.id), partial(assemble, connection, heap)


def _of_wan(heap: Heap) -> list[_Work]:
    """Sites of Virtual WAN, exported or in its configuration files."""
    from appliance.azure import branch, wan  # noqa: PLC0415 -- sites of Virtual WAN only

    found: list[_Work] = [
        (link.name, real_id(link.connection.id), partial(wan.assemble, link, heap))
        for link in wan.links(heap)
    ]
    found += (
        (each.name, None, partial(branch.assemble, each, heap)) for each in branch.branches(heap)
    )
    return found


def _of_vnet_gateways(heap: Heap) -> tuple[Resource, ...]:
    """Connections of type IPsec; of the other types a note is left.

    Those of ExpressRoute are told by the circuit they belong to, where that is there.
    """
    found, by_circuit = [], "expressroute" if heap.of(Kind.CIRCUIT) else None
    for connection in heap.of(Kind.CONNECTION):
        kind = connection.node.text("connectionType") or "IPsec"
        if kind.casefold() == "ipsec":
            found.append(connection)
        elif kind.casefold() != by_circuit:
            heap.notes.append(
                f"{connection.node.where}: connection {connection.name} is of type "
                f"{shorten(kind)}, not IPsec; skipped"
            )
    return tuple(found)


def _none_found(heap: Heap, faults: Faults) -> None:
    for where, what, hint in heap.others:
        faults.add(what, where=where, hint=hint)
    named = [(kind, identity) for kind, identity in heap.named if kind in _CONNECTIONS]
    for kind, identity in named[:_MAX_NAMED]:
        faults.add(
            f"only the name of {kind} {name_of(identity)} is told, without its properties",
            where=heap.named[kind, identity],
            hint=f"export all of it: {show_command(kind, identity)}",
        )
    if named or heap.others:
        return
    has = ", ".join(sorted({resource.kind for resource in heap.resources.values()}))
    known = heap.of(Kind.CONNECTION)
    what = "only connections of other types than IPsec" if known else "no connection"
    faults.add(
        f"{what} among them" + (f" (found: {has})" if has else ""),
        where=_WHAT,
        hint=f"add it: {show_command(Kind.CONNECTION, None)}",
    )
