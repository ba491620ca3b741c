"""Figures of speed and size, each beside a yardstick run in turns with it. `manage.py bench` is the door."""
