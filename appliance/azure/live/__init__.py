"""Reading Azure itself: the same documents that an export has, by way of Resource Manager.

Nothing is ever written: see `actions`. `source` is the way in, and loads azure-core only when
something is asked.
"""
