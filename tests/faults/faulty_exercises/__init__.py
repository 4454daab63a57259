"""Exercises that hand over what nobody can keep, one kind a file; f00 is sound."""
