"""What Azure itself expects of a site, read now; logins, connections and answers are shared."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from appliance.azure.expectation import Expectation
from appliance.azure.importer import Outcome, choose, from_documents
from appliance.azure.live.clouds import cloud
from appliance.azure.live.limits import Limits
from appliance.azure.reading import Document
from appliance.azure.tree import Faults, Node
from appliance.errors import ExpectationError, UsageError
from appliance.model.cloud import AzureScope
from appliance.record import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.azure.live.gather import Gathered
    from appliance.azure.live.reader import Piece, Reader

_lock = threading.Lock()
_readers: dict[tuple[str, str | None], Reader] = {}


def expectation(scope: AzureScope, connection: str | None, *, key: bool = True) -> Expectation:
    """What Azure expects on a connection (name or id; None: the only one there is).

    With `key` the pre-shared key is read too; a login that may not read it leaves it unreadable.
    What else this login may not read is in the notes. Raises `ExpectationError` when the rest does
    not tell what is negotiated, or Azure cannot be reached; `UsageError` without the extra.
    """
    return imported(scope, gathered(scope, connection, key=key), connection)


def gathered(scope: AzureScope, connection: str | None, *, key: bool) -> Gathered:
    """The resources that tell it, as an export would have them; errors as of `expectation`."""
    reader = reader_for(scope)
    identity = identify(scope, connection)
    if "/vpnconnections/" in identity.casefold():
        from appliance.azure.live.wan import of_wan  # noqa: PLC0415 -- sites of Virtual WAN only

        return of_wan(reader, identity, key=key)
    from appliance.azure.live.gather import of_gateway  # noqa: PLC0415 -- the other kind of site

    return of_gateway(reader, identity, key=key)


def imported(scope: AzureScope, found: Gathered, connection: str | None) -> Expectation:
    """The expectation that these resources come to. Raises `ExpectationError`, telling of rights
    that are missing besides what is wrong."""
    faults, notes = Faults(), list[str]()
    outcomes = from_documents(_documents(found.pieces, scope, faults), faults, notes)
    outcome = _meant(outcomes, connection)
    if outcome is not None and outcome.error is not None and found.notes:
        faults.take(outcome.error)
        for note in found.notes:
            faults.add(note, where=scope.resource_group)
        faults.stop(f"connection {outcome.name}")
    told = choose(outcomes, connection) if outcome is None else choose([outcome], None)
    return replace(told, notes=(*told.notes, *dict.fromkeys(found.notes)))


def reader_for(scope: AzureScope) -> Reader:
    """The reader of a cloud and tenant, the same for all sites. Raises `UsageError` without the
    extra `azure`."""
    try:
        from appliance.azure.live.login import default  # noqa: PLC0415 -- loads azure-core
        from appliance.azure.live.pipeline import Arm  # noqa: PLC0415 -- as above
        from appliance.azure.live.reader import Reader  # noqa: PLC0415 -- as above
    except ImportError as error:
        raise UsageError(
            "reading Azure live needs packages that are not installed",
            where="azure.live",
            hint="pip install 'appliance[azure]', or use an export: `azure: {export: PATH}`",
        ) from error
    where, limits = cloud(scope.cloud), Limits()
    with _lock:
        at = (where.endpoint, scope.tenant)
        if at not in _readers:
            _readers[at] = Reader(Arm(where, default(where, scope.tenant), limits), limits)
        return _readers[at]


def forget() -> None:
    """Read everything anew from here on: another command begins."""
    with _lock:
        for reader in _readers.values():
            reader.arm.close()
        _readers.clear()


def identify(scope: AzureScope, connection: str | None) -> str:
    """The id of the connection meant; without a name it is looked for.

    Raises `ExpectationError` that lists the names when it is not clear which.
    """
    if connection is not None and connection.startswith("/"):
        return connection
    network = f"{_group(scope)}/providers/Microsoft.Network"
    holder = network if scope.gateway is None else f"{network}/vpnGateways/{scope.gateway}"
    kind = "connections" if scope.gateway is None else "vpnConnections"
    name = connection.partition("/")[0] if connection else _only(scope, holder)
    return f"{holder}/{kind}/{name}"


def _group(scope: AzureScope) -> str:
    return f"/subscriptions/{scope.subscription}/resourceGroups/{scope.resource_group}"


def _only(scope: AzureScope, holder: str) -> str:
    from appliance.azure.live import gather, wan  # noqa: PLC0415 -- only to look for a name

    reader = reader_for(scope)
    find = gather.names if scope.gateway is None else wan.names
    found = find(reader, _group(scope) if scope.gateway is None else holder)
    if len(found) == 1:
        return found[0]
    what = f"{len(found)} connections, and none is named" if found else "there is no connection"
    shown = ", ".join(sorted(found)[:20])
    raise ExpectationError(
        what,
        where=scope.gateway or scope.resource_group,
        hint=f"set azure.connection to one of: {shown}" if found else "check azure.live",
    )


def _documents(pieces: list[Piece], scope: AzureScope, faults: Faults) -> Iterator[Document]:
    near = f"{_group(scope)}/providers/Microsoft.Network/".casefold()
    for piece in pieces:
        far = not piece.id.casefold().startswith(near)
        label = piece.id if far else piece.id[len(near) :]
        yield Document(Node(piece.value, f"live:{label}", "$", faults), piece.read_at)


def _meant(found: tuple[Outcome, ...], connection: str | None) -> Outcome | None:
    """The outcome of the connection asked for; None when the importer is to say why not."""
    if connection is None:
        return found[0] if len(found) == 1 else None
    word = connection.casefold()
    at = [each for each in found if word in (each.name.casefold(), (each.id or "").casefold())]
    return at[0] if len(at) == 1 else None
