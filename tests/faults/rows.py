"""What a row of the fault matrix is, and all sixty of them."""

from __future__ import annotations

from tests.faults.row import VENDORS, Row
from tests.faults.rows_device import DEVICE
from tests.faults.rows_tool import TOOL

__all__ = ["ROWS", "VENDORS", "Row"]

ROWS: tuple[Row, ...] = (*DEVICE, *TOOL)
