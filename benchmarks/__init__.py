"""How fast is Careline, and how much more than a bare switch? `make bench`.

Every benchmark measures what it compares side by side, in one run on one machine, and counts only
what it has seen to happen: the right phone rang, it was answered, the prompt was heard.
"""
