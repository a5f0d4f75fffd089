"""The table of exec commands: what runs when one of `rules_exec` is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.lab.asa.exec_change import CHANGE
from appliance.lab.asa.exec_files import FILES
from appliance.lab.asa.exec_network import NETWORK
from appliance.lab.asa.exec_session import SESSION
from appliance.lab.asa.exec_show import SHOW
from appliance.lab.asa.exec_vpn import VPN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from appliance.lab.asa.cli import Cli
    from appliance.lab.cisco.grammar import Match

EXECS: Mapping[str, Callable[[Cli, Match], str]] = {
    **SESSION,
    **CHANGE,
    **FILES,
    **SHOW,
    **NETWORK,
    **VPN,
}
