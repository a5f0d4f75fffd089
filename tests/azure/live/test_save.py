"""What was read live is kept as exports, which come to the same; keys only where asked for."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from appliance.azure import Expectation
from appliance.azure.importer import choose, outcomes
from appliance.azure.live import source
from appliance.azure.live.reader import Piece
from appliance.azure.live.save import LIST, save
from appliance.errors import UsageError
from appliance.model.cloud import AzureScope
from appliance.record import replace
from tests.azure.arm import deployment
from tests.azure.arm.server import Arm, refused

pytestmark = pytest.mark.usefixtures("signed_in")

WANTED = [
    (None, "conn-a"),
    ("vpngw-1", "conn-b/fibre"),
    ("vpngw-1", "conn-b/lte"),
    ("vpngw-2", "conn-b"),
]


def bare(found: Expectation) -> Expectation:
    """Without what says where it was read: files are called otherwise than resources."""
    return replace(
        found, provenance=(), notes=tuple(each.rpartition(": $")[2] for each in found.notes)
    )


@pytest.mark.parametrize(("gateway", "connection"), WANTED)
def test_what_is_kept_comes_to_the_same(
    scope: AzureScope, tmp_path: Path, gateway: str | None, connection: str
) -> None:
    where = replace(scope, gateway=gateway)
    gathered = source.gathered(where, connection, key=True)
    live = source.imported(where, gathered, connection)
    save(gathered.pieces, tmp_path, keys=True)
    kept = choose(outcomes([tmp_path]), connection)
    assert bare(kept) == bare(live)
    assert kept.psk is not None
    assert kept.exported_at == live.exported_at
    assert len(kept.provenance) == len(live.provenance)


@pytest.mark.parametrize(("gateway", "connection"), WANTED)
def test_keys_are_left_out_unless_asked_for(
    scope: AzureScope, tmp_path: Path, gateway: str | None, connection: str
) -> None:
    where = replace(scope, gateway=gateway)
    gathered = source.gathered(where, connection, key=True)
    live = source.imported(where, gathered, connection)
    files = save(gathered.pieces, tmp_path, keys=False)
    text = "".join(file.read_text() for file in files)
    assert not [secret for secret in deployment.SECRETS if secret in text]
    kept = choose(outcomes([tmp_path]), connection)
    assert bare(kept) == replace(bare(live), psk=None, psk_state="absent")


def test_files_with_keys_are_their_owners_alone(scope: AzureScope, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        files = save(source.gathered(scope, "conn-a", key=True).pieces, tmp_path, keys=True)
    finally:
        os.umask(before)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in files}
    assert modes["connections-conn-a.json"] == 0o600
    assert modes["expressroutecircuits-er-1.json"] == 0o600  # the key of its peering
    assert modes["virtualnetworkgateways-vgw-hub.json"] == 0o644
    text = "".join(file.read_text() for file in files)
    assert deployment.KEY in text
    assert "CanaryRadius" not in text
    assert "CanaryAuthorization" not in text


def test_a_key_that_was_not_read_stays_unknown(scope: AzureScope, tmp_path: Path, arm: Arm) -> None:
    arm.always["/sharedkey"] = refused(403, "AuthorizationFailed")
    save(source.gathered(scope, "conn-a", key=True).pieces, tmp_path, keys=False)
    assert choose(outcomes([tmp_path]), "conn-a").psk_state == "unreadable"


def test_the_next_save_takes_the_place_of_the_last(scope: AzureScope, tmp_path: Path) -> None:
    pieces = source.gathered(scope, "conn-a", key=False).pieces
    save(pieces, tmp_path, keys=False)
    before = {file.name for file in tmp_path.iterdir()}
    save([piece for piece in pieces if "spoke" not in piece.id], tmp_path, keys=False)
    after = {file.name for file in tmp_path.iterdir()}
    assert before - after == {"virtualnetworks-vnet-spoke.json"}


@pytest.mark.parametrize("name", ["notes.txt", "connection.json", ".gitignore"])
def test_a_folder_of_others_is_left_alone(scope: AzureScope, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("{}")
    with pytest.raises(UsageError, match="the folder holds other files") as raised:
        save(source.gathered(scope, "conn-a", key=False).pieces, tmp_path, keys=False)
    assert name in raised.value.message
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_what_a_killed_save_left_is_in_nobodys_way(scope: AzureScope, tmp_path: Path) -> None:
    (tmp_path / ".connections-conn-a.json.part").write_text("half")
    files = save(source.gathered(scope, "conn-a", key=False).pieces, tmp_path, keys=False)
    assert {file.name for file in tmp_path.iterdir()} == {LIST, *(file.name for file in files)}


def test_a_list_that_names_files_elsewhere_removes_none(scope: AzureScope, tmp_path: Path) -> None:
    outside = tmp_path / "outside.json"
    outside.write_text("{}")
    folder = tmp_path / "inside"
    folder.mkdir()
    (folder / LIST).write_text("../outside.json\n")
    save(source.gathered(scope, "conn-a", key=False).pieces, folder, keys=False)
    assert outside.exists()


def test_nothing_can_be_written(scope: AzureScope, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        save(source.gathered(scope, "conn-a", key=False).pieces, tmp_path / "file", keys=False)


def test_names_that_clash_and_odd_names(tmp_path: Path) -> None:
    one = "/subscriptions/s/resourceGroups/{}/providers/Microsoft.Network/virtualNetworks/{}"
    pieces = [
        Piece(id=one.format(group, name), value={"name": name}, read_at=0)
        for group, name in (("a", "Vnet"), ("b", "vnet"), ("a", "grün (1)"))
    ]
    assert [file.name for file in save(pieces, tmp_path, keys=False)] == [
        "virtualnetworks-vnet.json",
        "s-resourcegroups-b-providers-microsoft.network-virtualnetworks-vnet.json",
        "virtualnetworks-grün__1_.json",
    ]
