"""Stations as data: what is near, open and free; booked, waited for, given back; the desk of a house; houses of the group."""
