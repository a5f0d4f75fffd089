"""Documents that hold nothing of a VPN gateway's sites, and what some of them are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from appliance.azure.resources import Kind, name_of, show_command
from appliance.azure.spelling import shorten
from appliance.azure.tree import Node

_MAX_NAMED = 4
_SHOW = "terraform show -json > terraform.json"
_MANAGED = "kubectl get managed -o yaml > managed.yaml"
_MANIFEST = re.compile(r"\bazure\b.*\.(?:upbound|crossplane)\.io/")
_CONNECTION = (
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.Network/connections/[\w.-]+"
)
_STREAM = frozenset({"@level", "@message", "@module"})
"""Members of the lines that `terraform plan -json` and `apply -json` print."""
_BLOCKS = ("resource", "data", "module", "provider")
"""Members of Terraform's language in JSON."""


def stranger(root: Node) -> tuple[str, str, str] | None:
    """Where a document is that looks like an export and is none, what it is, and what to do."""
    value = root.value if isinstance(root.value, dict) else {}
    if asked := request(root):
        return root.where, *asked
    if value.keys() >= _STREAM:
        hint = "terraform plan -out=FILE, then: terraform show -json FILE > terraform.json"
        return root.file, "what Terraform reports of its work, which has no resources", hint
    if value and all(_is_output(each) for each in value.values()):
        return root.where, "Terraform's outputs and not its state", f"export that: {_SHOW}"
    if named := next(_named(root.value), None):
        what = f"only names connection {shorten(name_of(named))}, without its properties"
        return root.where, what, f"export all of it: {show_command(Kind.CONNECTION, named)}"
    return None


def _named(value: object, further: int = 6) -> Iterator[str]:
    """Ids of connections in a document: records of deployments, stacks and policies have some."""
    if isinstance(value, str) and (found := re.match(_CONNECTION, value, re.I)):
        yield found[0]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner if further else ():
        yield from _named(each, further - 1)


def request(root: Node) -> tuple[str, str] | None:
    """What a document is that only asks a tool for resources, and what to do; None for any other.

    Terraform's language in JSON, as CDK for Terraform makes it, and Crossplane's manifests.
    """
    value = root.value if isinstance(root.value, dict) else {}
    blocks = [each for name in _BLOCKS if isinstance(each := value.get(name), dict)]
    ours = any(kind.startswith(("azurerm_", "azapi_")) for block in blocks for kind in block)
    if ours or ("terraform" in value and blocks):
        return "Terraform's language and not its state", f"export that: {_SHOW}"
    if _MANIFEST.search(str(value.get("apiVersion"))) and "spec" in value and "status" not in value:
        return "what Crossplane is asked for and not what there is", f"export that: {_MANAGED}"
    return None


def not_used(roots: Sequence[Node]) -> list[str]:
    """Notes of documents in which nothing was; one for all of them where they are many."""
    files = tuple(dict.fromkeys(root.file for root in roots))
    if len(files) <= _MAX_NAMED:
        return [f"{root.where}: nothing of a VPN gateway's sites in it; not used" for root in roots]
    shown = ", ".join(files[:_MAX_NAMED])
    return [
        f"{len(files)} files have nothing of a VPN gateway's sites in them and are not used: "
        f"{shown} and {len(files) - _MAX_NAMED} more"
    ]


def _is_output(value: object) -> bool:
    """Whether this is one of Terraform's outputs, as `terraform output -json` tells them."""
    return isinstance(value, dict) and {"sensitive", "type", "value"} == value.keys()
