"""The branches to programs."""
