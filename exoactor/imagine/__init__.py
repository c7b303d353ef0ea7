"""Imagining: a third-person video of a person doing the subtask, and the checks it must pass."""
