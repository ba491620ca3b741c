"""A believable district for the embedded demo: people, and half a year of appeals lived through the services."""
