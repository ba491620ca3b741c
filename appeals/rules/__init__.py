"""What appeals decides: pure functions and tables, no Django."""
