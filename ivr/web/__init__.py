"""What the engine tells over HTTP, to whoever watches over it."""
