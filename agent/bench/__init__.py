"""Benchmarks that need the agent."""
