"""What every room's API shares: doors, bodies, pages."""
