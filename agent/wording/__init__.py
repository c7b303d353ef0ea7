"""How a step is said to a video model: what others may write into its prompt, and the rules that it has to keep."""
