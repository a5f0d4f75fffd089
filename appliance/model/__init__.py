"""The one typed model of a tunnel, and what is said about it."""
