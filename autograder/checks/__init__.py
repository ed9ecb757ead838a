"""Every check that needs no training, run by the worker process on data alone, never on code."""
