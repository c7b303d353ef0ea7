"""Scenes, robot and camera in MuJoCo; the simulated robot behind the `Robot` protocol."""
