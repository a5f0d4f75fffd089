"""The screens of IOS: what its `show` commands print, each read by one module."""
