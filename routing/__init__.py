"""Who takes the call? Pure: standard library only, no I/O, no clock, no asyncio.

Read `floor.py` first: events go in, instructions come out. All times are seconds on one
clock of the caller's choosing that never runs backwards.
"""
