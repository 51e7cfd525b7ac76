"""Measurements of the builder: how long things take, never whether they are right (see `tests/`)."""
