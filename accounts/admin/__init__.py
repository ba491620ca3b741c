"""The staff side of this room, and the base that every other room's admin stands on."""
