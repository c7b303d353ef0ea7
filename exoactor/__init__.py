"""ExoActor: one subtask in, one rollout out. Imagine, estimate, ground, retarget, track, check."""

__version__ = "0.1.0"
