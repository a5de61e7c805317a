"""How does a supervisor reach into the running engine? By HTTP over a socket only its owner may use."""
