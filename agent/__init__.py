"""Decides: instruction, plan, loop, report."""
