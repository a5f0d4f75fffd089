"""Whatever Resource Manager answers, reading live gives an expectation or our own error."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from typing import cast
from urllib.parse import unquote, urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.azure import document, runtime
from appliance.azure.live import source
from appliance.azure.live.clouds import Cloud
from appliance.azure.live.failures import Refusal
from appliance.azure.live.gather import of_gateway
from appliance.azure.live.limits import Limits
from appliance.azure.live.pipeline import Answer
from appliance.azure.live.pipeline import Arm as Client
from appliance.azure.live.reader import Reader
from appliance.azure.live.save import save
from appliance.azure.live.wan import of_wan
from appliance.errors import ExpectationError
from appliance.model.cloud import AzureScope
from tests.azure.arm import deployment
from tests.azure.arm.server import Json
from tests.azure.test_fuzz import LEAVES, VALUES, paths

BASE: list[Json] = [*deployment.hub(), *deployment.wan()]
PATHS = [path for path in paths(BASE) if path]
SCOPE = AzureScope(subscription=deployment.SUBSCRIPTION, resource_group=deployment.GROUP)
LIMITS = Limits(poll_seconds=0, operation_seconds=0.2)
CLOUD = Cloud(name="tests", endpoint="https://management.azure.com")
HEADERS = st.dictionaries(
    st.sampled_from(["Location", "Azure-AsyncOperation", "Retry-After", "WWW-Authenticate"]),
    st.sampled_from(
        ["", "0", "-1", "x", "https://management.azure.com/operations/1", "https://x/"]
    ),
)


class Offline(Client):
    """Answers from a list of resources, without a network."""

    def __init__(self, resources: list[Json], odd: tuple[int, dict[str, str]] | None) -> None:
        self.cloud, self.odd = CLOUD, odd
        self.known = {
            str(each.get("id")).casefold(): each for each in resources if isinstance(each, dict)
        }

    def get(self, url: str) -> Answer | Refusal:
        path = unquote(urlsplit(url).path).casefold()
        if path in self.known and self.odd is None:
            return Answer(status=200, headers={}, value=self.known[path])
        if path in self.known and self.odd is not None:
            status, headers = self.odd
            self.odd = None
            value = self.known[path]
            if status >= 400:
                code = json.dumps(value)[:30]
                return Refusal(
                    method="GET", path=path, host="h", status=status, code=code, message=code
                )
            return Answer(status=status, headers=headers, value=value)
        below = [value for name, value in self.known.items() if name.rpartition("/")[0] == path]
        if path.endswith("connections"):
            return Answer(status=200, headers={}, value={"value": below})
        return Refusal(method="GET", path=path, host="h", status=404, code="x", message="")

    def post(self, url: str) -> Answer | Refusal:
        return self.get(url)


def changed(change: Callable[[Json], Json], where: tuple[str | int, ...]) -> list[Json]:
    """The deployment with the value at a place changed."""
    whole = cast(list[Json], json.loads(json.dumps(BASE)))
    here: Json = whole
    for step in where[:-1]:
        here = here[step]  # type: ignore[index]  # paths are of this very tree
    here[where[-1]] = change(here[where[-1]])  # type: ignore[index]  # as above
    return whole


def come_to(resources: list[Json], odd: tuple[int, dict[str, str]] | None = None) -> None:
    """Read both kinds of connection; what comes of it shows no key."""
    reader = Reader(Offline(resources, odd), LIMITS)
    wanted = (
        (of_gateway, f"{deployment.BASE}/connections/conn-a", "conn-a"),
        (of_wan, f"{deployment.BASE}/vpnGateways/vpngw-1/vpnConnections/conn-b", "conn-b/fibre"),
    )
    for gather, identity, name in wanted:
        try:
            gathered = gather(reader, identity, key=True)
            with tempfile.TemporaryDirectory() as folder:
                files = save(gathered.pieces, folder, keys=False)
                kept = "".join(file.read_text("utf-8") for file in files)
            assert deployment.KEY not in kept
            found = source.imported(SCOPE, gathered, name)
        except ExpectationError as error:
            said = str(error)
        else:
            said = json.dumps(document([found]))
        assert deployment.KEY not in said


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(PATHS), VALUES)
def test_any_member_may_be_anything(where: tuple[str | int, ...], value: Json) -> None:
    come_to(changed(lambda _: value, where))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(PATHS), LEAVES, st.sampled_from([200, 201, 202, 204, 401, 404, 409]), HEADERS
)
def test_any_answer_may_be_odd(
    where: tuple[str | int, ...], value: Json, status: int, headers: dict[str, str]
) -> None:
    come_to(changed(lambda _: value, where), (status, headers))


@settings(max_examples=100, deadline=None)
@given(VALUES)
def test_any_state_may_be_anything(value: Json) -> None:
    for read in (runtime.peers, runtime.routes, runtime.ike_sas, runtime.tunnels):
        read(value)
        read({"value": [value], "tunnelConnectionStatus": [value]})
        read(json.dumps([value]))
