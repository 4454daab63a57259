"""ex91: Raises when it is imported."""

raise RuntimeError("the import went wrong")
