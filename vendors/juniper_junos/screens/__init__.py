"""The screens of Junos: what its `show` commands print, each read by one module."""
