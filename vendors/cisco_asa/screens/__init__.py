"""Reading what the ASA's `show` commands print."""
