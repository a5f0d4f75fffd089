"""Names that we give to what we make on devices, for all vendors alike."""

from __future__ import annotations

OURS = "appliance-er-"
"""What names of groups, filters and lists of ExpressRoute begin with, before the site's name; only
these are ever deleted."""
