"""The experiments behind every number in the README."""
