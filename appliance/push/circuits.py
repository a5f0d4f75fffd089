"""The circuits of a site while it is pushed to: links that were up must not fall by the push."""

from __future__ import annotations

from appliance.driver import EdgeDriver
from appliance.model.edge import Edge
from appliance.model.intent import Intent
from appliance.model.tunnel import Tunnels
from appliance.session import Session
from appliance.verify import Finding
from appliance.verify.edge import fell, standing_by, verify_edge


class Watched:
    """What the links were before the first line was sent.

    A link that comes up is not waited for: the provider may take days to make ready its side.
    """

    def __init__(self, intent: Intent, driver: EdgeDriver, session: Session) -> None:
        self._edge = intent.edge or Edge()
        self._driver = driver
        self._before = self._look(session)

    def judged(self, tunnels: Tunnels) -> Tunnels:
        """The tunnels as the ladder judges them, behind the circuits."""
        return standing_by(tunnels, self._edge)

    def fallen(self, session: Session) -> Finding | None:
        """A link that was up and is not any more; None while all that were still are."""
        return fell(self._before, self._look(session))

    def _look(self, session: Session) -> tuple[Finding, ...]:
        return verify_edge(self._edge, None, (), self._driver.state(session, self._edge))
