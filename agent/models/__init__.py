"""Language models: which one, how it is reached, what it may spend, and what its failures are called."""
