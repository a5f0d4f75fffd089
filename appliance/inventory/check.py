"""From the text of an inventory to merged sites that are right, or all faults at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from appliance.inventory import rules
from appliance.inventory.boxes import Box, boxes, contradictions
from appliance.inventory.build import Entry
from appliance.inventory.document import Document, Path, read
from appliance.inventory.fault import Fault, failure, no_site, plain, suggestion
from appliance.inventory.layers import Layered, Layers
from appliance.inventory.rules_edge import vpn_elsewhere
from appliance.inventory.schema import Verdict, verdicts
from appliance.record import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Sites that may be used; `clean` when nothing at all is wrong in the file."""

    entries: tuple[Entry, ...]
    clean: bool


def check(
    text: str, path: str, *, drivers: Collection[str], only: Collection[str] | None
) -> Checked:
    """All sites, or where some are at fault only those in `only`, which are not stopped by that.

    With the sites in `only` come those on the same device, as far as they are right.
    Raises `InventoryError` with every fault that concerns them, in file order, and `UsageError`
    for names in `only` that are not there.
    """
    document = read(text)
    faults = [replace(fault, site=_site_at(document, fault.line)) for fault in document.faults]
    entries: tuple[Entry, ...] = ()
    sites: Sequence[Layered] = ()
    if isinstance(document.root, dict) or not faults:
        taken = {(fault.line, fault.column) for fault in faults}
        unread = {fault.site for fault in faults}
        sites, more = _sites(document, tuple(drivers), unread)
        faults += [fault for fault in more if (fault.line, fault.column) not in taken]
        # What is right is kept for other commands, which may ask for other sites.
        shared = boxes(sites)
        given = _usable(only, shared, {fault.site for fault in faults}) if faults else None
        entries = tuple(_entry(document, site, shared) for site in sites if _wanted(site, given))
    relevant = [fault for fault in faults if only is None or fault.site in (None, *only)]
    if relevant:
        raise failure(path, relevant)
    absent = set(only or ()) - {entry.name for entry in entries}
    if absent:
        raise no_site(absent, [site.name for site in sites], path)
    return Checked(entries=entries, clean=not faults)


def _usable(
    only: Collection[str] | None, shared: Mapping[str, Box], faulty: Collection[str | None]
) -> Collection[str] | None:
    """The sites asked for, and those without a fault that are on the same devices."""
    if only is None:
        return None
    beside = {other.name for name in only for other in shared.get(name, ())}
    return {*only, *(beside - set(faulty))}


def _wanted(site: Layered, given: Collection[str] | None) -> bool:
    return given is None or site.name in given


def _entry(document: Document, site: Layered, shared: Mapping[str, Box]) -> Entry:
    line, column = document.place(("sites", site.name), name=True)
    box = tuple(other.name for other in shared.get(site.name, ()))
    return Entry(name=site.name, line=line, column=column, members=site.members, box=box)


def _site_at(document: Document, line: int) -> str | None:
    """The site in which a line of the file stands; None outside of `sites` or where none can be."""
    path: Path = ()
    for _ in range(2):
        path = document.child_at(path, line)
        if path[:1] != ("sites",):
            return None
    return _owner(path)


def _sites(
    document: Document, drivers: tuple[str, ...], unread: Collection[str | None]
) -> tuple[Sequence[Layered], list[Fault]]:
    """All sites merged, and what is wrong with the shape or the sense of any.

    Nothing is missed in sites of which a part could not be read (`unread`; None: all of them).

    Members of a wrong shape are told, taken out, and not missed later: the rest is still checked.
    """
    shape = list(verdicts(document.root, drivers))
    faults = [_shape_fault(document, verdict) for verdict in shape]
    if not isinstance(document.root, dict):
        return (), faults
    for verdict in shape:
        _prune(document.root, verdict.path)
    told = {path for verdict in shape for path in _told(verdict)}
    about = {path[:n] for path in told for n in range(1, len(path))}
    layers = Layers(document.root)
    sites = [layers.site(name) for name in layers.sites]
    faults += _groups(document, layers)
    whole = [site for site in sites if None not in unread and site.name not in unread]
    for site, path, text in (*_incomplete(whole), *_senseless(whole)):
        if not any(_is_told(told, about, (*origin, *path)) for origin in site.origins):
            faults.append(_site_fault(document, site, path, text))
    faulty = {fault.site for fault in faults}
    right = [site for site in sites if site.name not in faulty]
    faults += (*_contradictions(document, right), *_apart(document, sites, whole))
    return sites, faults


def _shape_fault(document: Document, verdict: Verdict) -> Fault:
    path = verdict.path
    line, column = document.place(path, name=verdict.at_name or document.nests(path))
    return Fault(line, column, _about(path, verdict.text), _owner(path))


def _site_fault(document: Document, site: Layered, path: Path, text: str) -> Fault:
    """The fault of a merged site, told of the layer where the wrong value stands."""
    (line, column), whole = site.place(document, path)
    return Fault(line, column, _about(whole, text), site.name)


def _told(verdict: Verdict) -> Iterator[Path]:
    """The members that a verdict speaks of: the wrong one, and the one that it was meant to be."""
    yield verdict.path
    if verdict.meant is not None:
        yield (*verdict.path[:-1], verdict.meant)


def _is_told(told: set[Path], about: set[Path], path: Path) -> bool:
    """Whether this member, one it belongs to or one inside it was told to be wrong before."""
    return path in about or any(path[:n] in told for n in range(1, len(path) + 1))


def _prune(root: dict[str, object], path: Path) -> None:
    """Take a wrong member out; a list with a wrong entry goes as a whole."""
    here: object = root
    for step, following in zip(path, (*path[1:], None), strict=False):
        if not isinstance(here, dict) or not isinstance(step, str):
            return
        if following is None or isinstance(following, int):
            here.pop(step, None)
            return
        here = here.get(step)


def _groups(document: Document, layers: Layers) -> Iterator[Fault]:
    for name, site in layers.sites.items():
        listed = site.get("groups") if isinstance(site, dict) else None
        for at, group in enumerate(listed if isinstance(listed, list) else ()):
            if group not in layers.groups:
                path: Path = ("sites", name, "groups", at)
                known = ", ".join(layers.groups) or "none"
                close = suggestion(str(group), layers.groups) or f"; there are: {known}"
                text = f"there is no group '{group}'{close}"
                yield Fault(*document.place(path), _about(path, text), name)


def _incomplete(sites: Sequence[Layered]) -> Iterator[tuple[Layered, Path, str]]:
    """Members that a site needs and that none of its layers has."""
    by_name = {site.name: site for site in sites}
    whole = {site.name: site.members for site in sites}
    for verdict in verdicts(whole, layered=True):
        site = by_name[str(verdict.path[0])]
        missing = () if verdict.meant is None else (verdict.meant,)
        text = "missing" if missing else verdict.text
        yield site, (*verdict.path[1:], *missing), text


def _senseless(sites: Sequence[Layered]) -> Iterator[tuple[Layered, Path, str]]:
    for site in sites:
        for path, text in rules.findings(site.members):
            yield site, path, text


def _contradictions(document: Document, sites: Sequence[Layered]) -> Iterator[Fault]:
    """Two sites on one device that say different things of it, each told with both places."""
    shared = {box[0].name: box for box in boxes(sites).values()}
    for site, path, other, text in contradictions(shared.values()):
        (line, column), _ = other.place(document, path)
        told = text.replace("{}", f"'{other.name}' (line {line}, column {column})")
        host, port, _ = rules.endpoint(site.members) or ("", "", "")
        why = f"; both are on {host} port {port}"
        yield _site_fault(document, site, path, f"{told}{why}")


def _apart(
    document: Document, sites: Sequence[Layered], whole: Sequence[Layered]
) -> Iterator[Fault]:
    """Sites with circuits only, against the sites whose devices have their VPN.

    Nothing is missed in one of which a part could not be read, as all of `whole` could.
    """
    by_name = {site.name: site for site in whole}
    for name, path, text in vpn_elsewhere(
        {site.name: site.members for site in sites}, frozenset(by_name)
    ):
        yield _site_fault(document, by_name[name], path, text)


def _owner(path: Path) -> str | None:
    return str(path[1]) if len(path) > 1 and path[0] == "sites" else None


def _about(path: Path, text: str) -> str:
    """`site-b.device.prefixes[1]: ...`; sites are named by their name alone."""
    steps = path[1:] if len(path) > 1 and path[0] == "sites" else path
    name = "".join(f"[{step}]" if isinstance(step, int) else f".{plain(step)}" for step in steps)
    return f"{name[1:]}: {text}" if name else text
