"""Prompt templates, one a purpose; their hashes go into every run record."""
