"""The robot as a server of the Model Context Protocol: another program orders, one job at a time."""
