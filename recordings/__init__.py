"""What is kept of a call, how is it protected, and what does it teach?

Audio and measurements only: the table of recordings is `ivr/store/recordings.py`, and the switch
that captures them is behind `ivr/line/`.
"""
