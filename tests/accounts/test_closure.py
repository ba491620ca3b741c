"""The closure of an accused unit, and its mirror: which units a person is barred from."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.rules.closure import ancestors, barred, closure, descendants

UNITS = 9


@st.composite
def districts(draw):
    """A random forest of units and who is posted where."""
    parents = {unit: draw(st.none() | st.integers(0, unit - 1)) if unit else None for unit in range(UNITS)}
    people = draw(st.lists(st.lists(st.integers(0, UNITS - 1), min_size=1, max_size=3, unique=True), min_size=1, max_size=8))
    staff = {unit: frozenset(p for p, posts in enumerate(people) if unit in posts) for unit in range(UNITS)}
    return parents, staff, people


def shares_of(parents, staff):
    """(above, below) pairs with a person in common; what lies below the low unit is its own."""
    own = {unit: frozenset().union(*(staff[low] for low in {unit} | descendants(unit, parents))) for unit in parents}
    return {(high, low) for low in parents for high in ancestors(low, parents) if staff[high] & own[low]}


@given(districts())
@settings(max_examples=300, deadline=None)
def test_barred_is_the_mirror_of_closure(district):
    parents, staff, people = district
    shares = shares_of(parents, staff)
    for posts in people:
        out = barred(posts, parents=parents, shares=shares)
        for unit in parents:
            inside = closure(unit, parents=parents, staff=staff)
            assert (unit in out) == bool(inside & set(posts))


@given(districts())
@settings(max_examples=100, deadline=None)
def test_the_unit_and_all_below_it_are_always_inside(district):
    parents, staff, _people = district
    for unit in parents:
        inside = closure(unit, parents=parents, staff=staff)
        assert unit in inside and descendants(unit, parents) <= inside
        assert inside <= {unit} | descendants(unit, parents) | set(ancestors(unit, parents))


def test_a_head_posted_to_both_pulls_the_upper_unit_in():
    parents = {1: None, 2: 1, 3: 2, 4: 2}
    assert closure(3, parents=parents, staff={1: frozenset({9})}) == {3}
    assert closure(3, parents=parents, staff={2: frozenset({7}), 3: frozenset({7})}) == {3, 2}


def test_a_circle_in_the_data_ends_the_walk():
    assert closure(1, parents={1: 2, 2: 1}, staff={}) >= {1}
