"""Understands plain imperative English about the six skills, or says which words it does not understand."""
