"""Maximum flow: worked values, the least cut by enumeration, conservation at every node, routes that add up."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from closed_forms import broken
from staffride.model import max_flow
from staffride.model.max_flow import new_flow_room

SEVERAL = 7


def network(nodes, edges, offer, demand, rules=max_flow):
    """Return a network with equal capacities both ways, the edges' capacities, and what it could send."""
    tail, head, capacity = (
        (np.array(column) for column in zip(*edges, strict=True)) if edges else [np.zeros(0)] * 3
    )
    room = rules.new_flow_room(nodes, tail.astype(np.int32), head.astype(np.int32))
    room.residual[:] = np.repeat(capacity.astype(np.int64), 2)
    room.offer[:], room.demand[:] = offer, demand
    return room, capacity.astype(np.int64)


def least_cut(nodes, edges, offer, demand):
    """Return the capacity of the least cut: all ways to part the nodes, counting offers and demands as edges."""
    cuts = []
    for near in itertools.product([False, True], repeat=nodes):
        crossing = sum(capacity for a, b, capacity in edges if near[a] != near[b])
        unused = sum(amount for node, amount in enumerate(offer) if not near[node])
        cuts.append(crossing + unused + sum(amount for node, amount in enumerate(demand) if near[node]))
    return min(cuts)


@st.composite
def networks(draw):
    nodes = draw(st.integers(2, SEVERAL))
    node = st.integers(0, nodes - 1)
    pairs = draw(st.lists(st.tuples(node, node).filter(lambda pair: pair[0] != pair[1]), max_size=14))
    edges = [(*pair, draw(st.integers(0, 9))) for pair in pairs]
    amounts = st.lists(st.integers(0, 12), min_size=nodes, max_size=nodes)
    return nodes, edges, draw(amounts), draw(amounts)


def net_flow(room, capacity):
    """Return what each edge carries from its tail to its head."""
    return capacity - room.residual[::2]


# --- Worked values ---


def two_roads(rules):
    """Two roads of 100 and 40 tonnes a day carry 140; without the larger 40 are left (Wood 1993)."""
    for capacity, wanted, most in ((100, 1000, 140), (0, 1000, 40), (100, 120, 120)):
        room, _ = network(2, [(0, 1, capacity), (0, 1, 40)], [1000, 0], [0, wanted], rules)
        assert rules.most_flow(room) == most


def bypass(rules):
    """The shortest way first would block: the flow over the cross road has to be led back."""
    edges = [(0, 1, 10), (0, 2, 10), (1, 2, 1), (1, 3, 10), (2, 3, 10)]
    room, _ = network(4, edges, [100, 0, 0, 0], [0, 0, 0, 100], rules)
    assert rules.most_flow(room) == 20


def led_back(rules):
    """One-way roads: 0-1-4-5 is the shortest way and blocks both others, 0-2-3-4-5 and 0-1-6-7-5, until led back."""
    edges = [
        (0, 1, 1),
        (1, 4, 1),
        (4, 5, 1),
        (0, 2, 1),
        (2, 3, 1),
        (3, 4, 1),
        (1, 6, 1),
        (6, 7, 1),
        (7, 5, 1),
    ]
    room, _ = network(8, edges, [9, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 9, 0, 0], rules)
    room.residual[1::2] = 0
    assert rules.most_flow(room) == 2


LAWS = [two_roads, bypass, led_back]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_worked_values(law):
    law(max_flow)


def test_a_place_with_a_source_feeds_itself_first():
    room, capacity = network(2, [(0, 1, 5)], [7, 0], [4, 9])
    assert max_flow.most_flow(room) == 7
    assert room.demand.tolist() == [0, 6]
    assert net_flow(room, capacity).tolist() == [3]


def test_nothing_flows_without_edges_sources_or_sinks():
    for edges, offer, demand in (
        ([], [5, 0], [0, 5]),
        ([(0, 1, 9)], [0, 0], [0, 5]),
        ([(0, 1, 9)], [5, 0], [0, 0]),
    ):
        assert max_flow.most_flow(network(2, edges, offer, demand)[0]) == 0


# --- Laws ---


@given(networks())
def test_most_flow_is_the_least_cut(case):
    nodes, edges, offer, demand = case
    room, _ = network(*case)
    assert max_flow.most_flow(room) == least_cut(nodes, edges, offer, demand)


@given(networks())
def test_what_enters_a_node_leaves_it_and_no_edge_carries_too_much(case):
    _, edges, offer, demand = case
    room, capacity = network(*case)
    sent = max_flow.most_flow(room)
    carried = net_flow(room, capacity)
    assert (np.abs(carried) <= capacity).all()
    assert (room.residual[::2] + room.residual[1::2] == 2 * capacity).all()
    balance = np.array(offer) - room.offer - (np.array(demand) - room.demand)
    for (a, b, _), amount in zip(edges, carried, strict=True):
        balance[a] -= amount
        balance[b] += amount
    assert not balance.any()
    assert (room.offer >= 0).all()
    assert (room.demand >= 0).all()
    assert sent == sum(offer) - room.offer.sum() == sum(demand) - room.demand.sum()


@given(networks(), st.data())
def test_a_cut_edge_costs_at_most_what_it_could_carry(case, data):
    nodes, edges, offer, demand = case
    before = max_flow.most_flow(network(*case)[0])
    for cut, (_, _, capacity) in enumerate(edges):
        after = max_flow.most_flow(network(nodes, edges[:cut] + edges[cut + 1 :], offer, demand)[0])
        assert before - capacity <= after <= before


@given(networks(), st.randoms(use_true_random=False))
def test_the_order_of_the_edges_does_not_matter(case, random):
    nodes, edges, offer, demand = case
    shuffled = [(b, a, capacity) for a, b, capacity in edges]
    random.shuffle(shuffled)
    again, _ = network(nodes, shuffled, offer, demand)
    assert max_flow.most_flow(again) == max_flow.most_flow(network(*case)[0])


@given(networks())
def test_a_rise_of_demand_goes_on_from_what_was_sent_and_takes_nothing_away(case):
    nodes, edges, offer, demand = case
    room, _ = network(nodes, edges, offer, [amount // 2 for amount in demand])
    first = max_flow.most_flow(room)
    met = np.array([amount // 2 for amount in demand]) - room.demand
    room.demand[:] = np.array(demand) - met
    assert first + max_flow.most_flow(room) == least_cut(nodes, edges, offer, demand)
    assert (np.array(demand) - room.demand >= met).all()


@given(networks(), st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 6)), max_size=4))
@example((2, [(0, 1, 3)], [0, 0], [0, 0]), [])
def test_routes_add_up_to_the_flow_and_circles_are_undone(case, circles):
    """Any circle may be laid over a flow; the routes still lead from sources to sinks and carry all of it."""
    nodes, edges, offer, demand = case
    room, capacity = network(*case)
    sent = max_flow.most_flow(room)
    given_, taken = np.array(offer) - room.offer, np.array(demand) - room.demand
    max_flow.start_routes(room, capacity)
    _add_circles(room, edges, [[node % nodes for node in circle] for circle in circles])
    left, met = given_.copy(), taken.copy()
    total = 0
    for source in range(nodes):
        while left[source] > 0:
            before, flow = met.copy(), room.flow.copy()
            amount, length = max_flow.take_route(room, source, left, met)
            assert amount > 0
            total += amount
            way = room.stack[: length + 1]
            assert way[0] == source
            assert len(set(way.tolist())) == length + 1
            assert (before - met)[way[-1]] == amount
            assert room.ends[room.path[:length]].tolist() == way[1:].tolist()
            assert (
                flow[room.arcs[room.path[:length]]] - room.flow[room.arcs[room.path[:length]]] >= amount
            ).all()
    assert total == sent
    assert not met.any()
    assert (room.flow >= 0).all()


def _add_circles(room, edges, circles):
    """Add one unit around a triangle where its edges exist."""
    arcs = {}
    for edge, (a, b, _) in enumerate(edges):
        arcs[a, b], arcs[b, a] = 2 * edge, 2 * edge + 1
    for a, b, c in circles:
        steps = [(a, b), (b, c), (c, a)]
        if all(step in arcs for step in steps):
            for step in steps:
                room.flow[arcs[step]] += 1


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("residual[arc ^ 1] += amount", "residual[arc ^ 1] += 0"),
        ("amount = min(room.offer[source], room.demand[node])", "amount = room.offer[source]"),
        ("while _set_levels(room):", "if _set_levels(room):"),
    ],
)
def test_a_broken_rule_is_found(right, wrong):
    rules = broken(max_flow, right, wrong.replace("offer[source])", "room.offer[source])"))
    failures = 0
    for law in LAWS:
        try:
            law(rules)
        except AssertionError:
            failures += 1
    assert failures > 0


def test_room_for_a_network_lists_both_ends_of_every_edge():
    room = new_flow_room(3, np.array([0, 2], np.int32), np.array([1, 1], np.int32))
    assert room.first.tolist() == [0, 1, 3, 4]
    assert room.ends.tolist() == [1, 0, 2, 1]
    assert room.arcs.tolist() == [0, 1, 3, 2]
