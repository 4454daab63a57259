"""A distribution for tests of runs on a cluster: what it does takes as long as the test wants.

Put the folder above on ``PYTHONPATH`` and it counts as installed.
"""
