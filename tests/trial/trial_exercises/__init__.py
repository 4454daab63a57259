"""A second distribution of exercises, for tests: some are sound, the others each break one promise.

Put the folder above on ``PYTHONPATH`` and it counts as installed.
"""
