"""How does an older database become today's? A change is a new file in `versions/`."""
