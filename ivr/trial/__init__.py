"""Calls tried without telephones: real flows, floor, desk and calls, in virtual time."""
