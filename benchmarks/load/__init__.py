"""Callers and phones by the hundred, in one program, that notice what becomes of each call."""
