"""A conversation on the terminal about one living world: what is said, what it means, what is answered."""
