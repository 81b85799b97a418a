"""Who used which road, and queues before links that bind, as a run tells them."""

from __future__ import annotations

import dataclasses

import numpy as np

import staffride as sr
from flee_cases import small_region
from staffride.present.region_page import render_region
from staffride.results.region_roads import link_rows, queue_rows


def test_links_stand_by_use_and_unused_ones_are_left_out() -> None:
    region = small_region()
    flows = np.zeros((region.days, len(region.links)))
    flows[3, 1], flows[4, 1], flows[10, 2] = 5.0, 7.0, 30.0
    rows = link_rows(region, flows)
    assert [(row["persons"], row["persons_on_it"], row["busiest_day"]) for row in rows] == [
        (30.0, 30.0, region.date_of(10).isoformat()),
        (12.0, 7.0, region.date_of(4).isoformat()),
    ]
    assert (rows[0]["first"], rows[0]["second"]) == (region.links[2].first, region.links[2].second)


def test_a_queue_is_told_by_its_longest_in_each_replication() -> None:
    region = small_region()
    queued = np.zeros((2, region.days, 2), np.int64)
    queued[0, 5, 1], queued[0, 6, 1], queued[1, 7, 1] = 10, 40, 20
    (row,) = queue_rows(region, queued, ((0, 0), (3, 2)))
    assert row["waiting_in"] == region.places[2].name
    assert row["longest"]["mean"] == 30.0


def test_a_link_that_binds_makes_a_queue_on_the_page() -> None:
    region = small_region()
    links = tuple(
        dataclasses.replace(link, persons_per_hour=1.0)
        if {link.first, link.second} == {"Elsa", "Farhold"}
        else link
        for link in region.links
    )
    bound = dataclasses.replace(region, links=links)
    found = sr.run_region(bound, replications=2)
    document = found.document()
    assert [row["waiting_in"] for row in document["queues"]] == ["Elsa"]
    page = render_region(bound, document)
    assert "first come first served" in page
    assert "first come first served" not in render_region(
        region, sr.run_region(region, replications=2).document()
    )


def test_flees_rules_tell_of_no_road() -> None:
    document = sr.run_region(small_region(), rules="flee", replications=1).document()
    assert (document["links"], document["queues"]) == ([], [])
