"""Reading and writing the field's files."""
