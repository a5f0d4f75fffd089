"""The drivers, one folder a vendor; each is a value named DRIVER, found by entry point."""
