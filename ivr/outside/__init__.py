"""The bank's other systems: what is asked of them, and what is handed to them."""
