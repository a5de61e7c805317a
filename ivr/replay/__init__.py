"""What would other rules have made of the calls that were? Recorded days on the very same floor.

Read `trace.py` for what is known of a call, `scene.py` for what is guessed and how, and `clock.py`
for the floor with a clock of its own. Nothing here waits, and all chance comes from a seed.
"""
