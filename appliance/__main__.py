"""`python -m appliance`; the `appliance` script is the same and safe in any folder."""

from __future__ import annotations

import sys

from appliance.cli import main

sys.exit(main())
