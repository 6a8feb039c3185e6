// Nothing to call: see threads.c.
