"""Sources that are not Azure's answers: each is recognised by its shape and put into Azure's shape.

What reads one of them is loaded when one is met.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from appliance.azure.spelling import shorten
from appliance.azure.tree import Node


def is_foreign(root: Node) -> bool:
    """Whether a document is a template, Terraform's, a Virtual WAN file or a device script."""
    value = root.value
    if isinstance(value, list):
        return any(isinstance(each, dict) and "vpnSiteConfiguration" in each for each in value)
    if isinstance(value, str):
        return "parameters" in value and "Connection name" in value
    return isinstance(value, dict) and _reader(value) is not None


@dataclass(slots=True)
class Pile:
    """Foreign documents, kept until all are there: parameters of a template are another file.

    `linked` are the templates of a template spec by their paths. `branches` are sites of Virtual
    WAN configuration files, with their files' times.
    """

    notes: list[str]
    templates: list[tuple[Node, float]] = field(default_factory=list)
    linked: list[tuple[str, Node]] = field(default_factory=list)
    parameters: list[Node] = field(default_factory=list)
    branches: list[tuple[Node, float]] = field(default_factory=list)
    found: list[tuple[Node, float]] = field(default_factory=list)

    def take(self, root: Node, modified: float) -> bool:
        """Take a document for which `is_foreign`; always True."""
        if isinstance(root.value, dict):
            self._object(root, modified)
        elif isinstance(root.value, list):
            for element in root.elements():
                self.branches.append((element, modified))
        else:
            from appliance.azure.script import resources  # noqa: PLC0415 -- scripts only

            self.found += ((node, modified) for node in resources(root))
        return True

    def resources(self) -> Iterator[tuple[Node, float]]:
        """All resources in Azure's own shape, with the times of their files."""
        yield from self.found
        if not (self.templates or self.parameters):
            return
        from appliance.azure.templates import resources  # noqa: PLC0415 -- templates only

        yield from resources(self.templates, self.parameters, self.notes, self.linked)

    def _object(self, root: Node, modified: float) -> None:
        match _reader(root.value if isinstance(root.value, dict) else {}):
            case "template":
                self.templates.append((_inner_template(root) or root, modified))
                self.linked += _linked(root)
                self._left_out(root)
            case "parameters" | "deployment":
                self.parameters.append(root)
            case "branch":
                self.branches.append((root, modified))
            case _:
                from appliance.azure.terraform import resources  # noqa: PLC0415 -- Terraform only

                self.found += ((node, modified) for node in resources(root, self.notes))

    def _left_out(self, root: Node) -> None:
        """Note that an export is not whole, as Azure says beside it."""
        error = root.get("error")
        if error is not None and isinstance(error.value, dict):
            code = shorten(str(error.value.get("code") or "")).strip("'")
            self.notes.append(f"{error.where}: Azure left something out of this template ({code})")


def _reader(value: dict[str, object]) -> str | None:
    """Which source an object is; None: an answer of Azure's."""
    schema = str(value.get("$schema", "")).casefold()
    if "deploymentparameters.json" in schema:
        return "parameters"
    if "deploymenttemplate.json" in schema:
        return "template"
    return _marked(value)


def _inner_template(root: Node) -> Node | None:
    """The template in what the API wraps around it (an export, a template spec)."""
    if "$schema" in (root.value if isinstance(root.value, dict) else {}):
        return None
    return root.get("template") or root.get("mainTemplate")


def _linked(root: Node) -> Iterator[tuple[str, Node]]:
    """The templates that a template spec carries for its main one to link to."""
    for entry in root.items("linkedTemplates"):
        template = entry.get("template")
        if template is not None:
            yield entry.text("path") or "", template


def _marked(value: dict[str, object]) -> str | None:
    if _wraps_template(value):
        return "template"
    if "vpnSiteConfiguration" in value:
        return "branch"
    if str(value.get("type", "")).casefold() == "microsoft.resources/deployments":
        return "deployment"
    if value.keys() & {"terraform_version", "format_version", "encrypted_data"}:
        return "terraform"
    return None


def _wraps_template(value: dict[str, object]) -> bool:
    inner, properties = value.get("template"), value.get("properties")
    exported = isinstance(inner, dict) and "$schema" in inner
    spec = properties if isinstance(properties, dict) else value
    return exported or isinstance(spec.get("mainTemplate"), dict)
