"""The main job, shown: real calls through a real Asterisk. `make demo`."""
