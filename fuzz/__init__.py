"""What becomes of bytes that only an attacker sends? `make fuzz`; tests/security does some of it."""
