"""A warehouse to steer: the closing project of the course Stock management."""
