"""Which reports are read at an origin, and how likely each makes a particle."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from conditioning_cases import count, errors, midnight, seen
from displacement_cases import shipped_inputs, shipped_scenario
from staffride.errors import InputError
from staffride.lab.observed import standing
from staffride.lab.reports import (
    Offset,
    Report,
    known_reports,
    log_likelihood,
    party_variance,
    read_bulletin,
    read_reports,
    report_errors,
)

ORIGINS = [midnight(day) for day in range(1, 11)]


def rows(**columns):
    """Observations of the shipped scenario whose named fields have these values."""
    return [
        row
        for row in shipped_scenario().observations
        if all(getattr(row, name) == value for name, value in columns.items())
    ]


def changed(*observations):
    """The shipped scenario with other observations."""
    return shipped_scenario().model_copy(update={"observations": tuple(observations)})


# --- Which reports are read ---


@pytest.mark.parametrize("origin", ORIGINS, ids=lambda origin: f"{origin:%d}")
def test_reports_are_those_that_stand_as_calibration(origin):
    scenario = shipped_scenario()
    expected = sorted(
        (round(scenario.period.hour_of(row.time)), row.series)
        for row in scenario.observations
        if (
            row.series in {"arrivals", "vehicles_crossed", "delay_hours"}
            or row.series.startswith("queue_reach.")
        )
        and row.known_from <= origin
        and row.time <= origin
        and row.role != "record"
        and standing(row, origin, scenario.cutoff) == "calibration"
    )
    assert [(report.hour, report.series) for report in known_reports(scenario, origin)] == expected


def test_each_origin_reads_what_the_one_before_read():
    scenario = shipped_scenario()
    found = [known_reports(scenario, origin) for origin in ORIGINS]
    assert len(found[0]) < len(found[3]) < len(found[-1])
    assert all(set(early) <= set(late) for early, late in pairwise(found))


@pytest.mark.parametrize("fact", ["arrivals.A13", "arrivals.A18"])
def test_sums_of_rounded_flows_are_never_read(fact):
    """Both come from a statement of 28 September, whatever hour they describe."""
    (row,) = rows(fact=fact)
    assert row.role == "record"
    for origin in ORIGINS:
        read = [
            (r.hour, r.value) for r in known_reports(shipped_scenario(), origin) if r.series == "arrivals"
        ]
        assert (round(shipped_scenario().period.hour_of(row.time)), row.value) not in read


def test_the_role_record_is_never_read_even_when_known():
    every = [row.model_copy(update={"role": "record"}) for row in shipped_scenario().observations]
    assert known_reports(changed(*every), ORIGINS[-1]) == []


def test_the_held_out_delay_is_not_read_at_the_default_origin():
    scenario = shipped_scenario()
    (row,) = rows(fact="delay.L04")
    (early,) = rows(fact="delay.L01")
    values = [r.value for r in known_reports(scenario, scenario.cutoff) if r.series == "delay_hours"]
    assert early.value in values
    assert row.low not in values


def test_a_report_enters_when_it_is_published_and_not_before():
    (row,) = rows(fact="arrivals.A14")
    late = changed(row.model_copy(update={"known_from": midnight(6)}))
    assert known_reports(late, midnight(5)) == []
    assert [report.value for report in known_reports(late, midnight(6))] == [42_500.0]


def test_what_describes_the_start_or_before_is_not_read():
    (row,) = rows(fact="arrivals.A03")
    start = shipped_scenario().period.start
    assert known_reports(changed(row.model_copy(update={"time": start})), midnight(5)) == []


def test_a_bare_bound_is_read_of_a_delay_and_not_of_a_count():
    (delay,) = rows(fact="delay.L02")
    (bulletin,) = rows(fact="arrivals.A14")
    bound = bulletin.model_copy(update={"value": None, "low": 42_000.0, "high": None})
    between = bulletin.model_copy(update={"value": None, "low": 42_000.0, "high": 43_000.0})
    found = known_reports(changed(delay, bound), midnight(5))
    assert [(report.series, report.value, report.at_least) for report in found] == [
        ("delay_hours", 12.0, True)
    ]
    (middle,) = known_reports(changed(between), midnight(5))
    assert (middle.value, middle.at_least) == (42_500.0, False)


# --- How far reports may be off ---


def test_errors_come_from_the_parameters_in_their_units():
    found = report_errors(shipped_scenario(), shipped_inputs())
    given = shipped_scenario().parameters
    assert found.relative == given["bulletin.relative_error"].mean
    assert found.irregularity == given["departure.irregularity"].mean
    assert set(found.reach_vehicles) == {f"queue_reach.{place}" for place in shipped_inputs().place_ids}


def test_all_missing_errors_are_told_at_once():
    kept = {k: v for k, v in shipped_scenario().parameters.items() if not k.startswith("bulletin.")}
    poorer = shipped_scenario().model_copy(update={"parameters": kept})
    with pytest.raises(InputError) as caught:
        report_errors(poorer, shipped_inputs())
    text = str(caught.value)
    assert all(
        name in text for name in ("relative_error", "bulletin.floor", "bulletin.vehicles_relative_error")
    )


# --- The running count ---


def test_the_offset_at_worked_values():
    """A count of 1,000 after 900 crossed: step 0.1 * 1000 and floor 20, hour off by 0.5 h of a flow of 100."""
    reading = errors(relative=0.1)
    gained, after = read_bulletin(count(5, 1_000.0, 0.5), seen(900.0), reading, Offset.none(1))
    variance = 100.0**2 + 20.0**2 + 1_000.0
    doubt = variance + 50.0**2
    assert gained[0] == pytest.approx(-0.5 * 100.0**2 / doubt - 0.5 * math.log(doubt))
    assert after.mean[0] == pytest.approx(100.0 * variance / doubt)
    assert after.variance[0] == pytest.approx(variance * (1.0 - variance / doubt))
    assert after.last_count == 1_000.0


def test_whole_parties_vary_more_without_a_queue():
    behind, free = seen(900.0, queue=1e6), seen(900.0, queue=0.0)
    assert party_variance(1_000.0, behind)[0] == 1_000.0
    assert party_variance(1_000.0, free)[0] == 6_000.0
    assert party_variance(-5.0, free)[0] == 0.0


def test_decisions_are_irregular_only_without_a_queue():
    reading = errors(floor_persons=0.0, irregularity=0.2)
    _, queued = read_bulletin(count(5, 1_000.0, 1e9), seen(1_000.0), reading, Offset.none(1))
    _, free = read_bulletin(count(5, 1_000.0, 1e9), seen(1_000.0, queue=0.0), reading, Offset.none(1))
    assert queued.variance[0] == pytest.approx(1_000.0, rel=1e-6)
    assert free.variance[0] == pytest.approx(200.0**2 + 6_000.0, rel=1e-6)


def test_bulletins_without_an_increment_add_the_floor_only():
    """Hours are of no use here, so the variance is that of the walk: the floor once a bulletin."""
    offset = Offset(np.zeros(1), np.zeros(1), 5_000.0)
    for _ in range(10):
        _, offset = read_bulletin(count(5, 5_000.0, 1e9), seen(5_000.0), errors(relative=0.5), offset)
    assert offset.variance[0] == pytest.approx(10 * 20.0**2, rel=1e-6)
    assert offset.mean[0] == pytest.approx(0.0)


def test_without_doubt_of_the_hour_counts_are_independent_increments():
    """The sum of gains is the multivariate normal log-density of the counts, up to its constant."""
    values, crossed = (
        np.array([500.0, 1_800.0, 2_600.0, 2_650.0]),
        np.array([450.0, 1_900.0, 2_500.0, 2_600.0]),
    )
    reading, offset, total = errors(relative=0.05), Offset.none(1), 0.0
    for value, truth in zip(values, crossed, strict=True):
        gained, offset = read_bulletin(count(5, value), seen(truth), reading, offset)
        total += gained[0]
        assert offset.mean[0] == pytest.approx(value - truth)
        assert offset.variance[0] == pytest.approx(0.0, abs=1e-9)
    step = (0.05 * np.diff(values, prepend=0.0)) ** 2 + 400.0 + np.diff(values, prepend=0.0)
    covariance = np.cumsum(step)[np.minimum.outer(range(4), range(4))]
    expected = stats.multivariate_normal(crossed, covariance).logpdf(values)
    assert total == pytest.approx(expected + 2.0 * math.log(2.0 * math.pi))


def test_with_doubt_of_the_hour_the_filter_is_the_exact_posterior():
    values, crossed, doubt = (
        np.array([500.0, 1_800.0, 2_600.0]),
        np.array([450.0, 1_900.0, 2_500.0]),
        0.7 * 100.0,
    )
    reading, offset, total = errors(relative=0.05), Offset.none(1), 0.0
    for value, truth in zip(values, crossed, strict=True):
        gained, offset = read_bulletin(count(5, value, 0.7), seen(truth), reading, offset)
        total += gained[0]
    step = (0.05 * np.diff(values, prepend=0.0)) ** 2 + 400.0 + np.diff(values, prepend=0.0)
    walk = np.cumsum(step)[np.minimum.outer(range(3), range(3))]
    whole = walk + doubt**2 * np.eye(3)
    assert total == pytest.approx(
        stats.multivariate_normal(crossed, whole).logpdf(values) + 1.5 * math.log(2.0 * math.pi)
    )
    assert offset.mean[0] == pytest.approx(walk[2] @ np.linalg.solve(whole, values - crossed))
    assert offset.variance[0] == pytest.approx(walk[2, 2] - walk[2] @ np.linalg.solve(whole, walk[2]))


# --- The other reports ---


def test_vehicles_are_lognormal_about_persons_over_load():
    said = seen([5_000.0, 5_500.0], load=5.0)
    gained = log_likelihood(Report(9, "vehicles_crossed", 1_000.0, 0.0), said, errors())
    assert gained.tolist() == pytest.approx([0.0, -0.5 * (math.log(1.1) / 0.05) ** 2])


def test_a_reported_delay_is_the_longest_and_a_bound_is_a_chance():
    said = seen([1.0], delay_h=15.0)
    exact = log_likelihood(Report(9, "delay_hours", 20.0, 6.0), said, errors())
    assert exact[0] == pytest.approx(0.0, abs=1e-12)
    bound = log_likelihood(Report(9, "delay_hours", 20.0, 6.0, True), said, errors())
    assert bound[0] == pytest.approx(math.log(0.5))


def test_a_queue_that_reaches_a_place_holds_at_least_its_vehicles():
    reading = errors(reach_vehicles={"queue_reach.town": 2_000.0})
    short, long = (
        log_likelihood(Report(9, "queue_reach.town", 1.0, 6.0), seen([1.0], queue=q), reading)[0]
        for q in (1_000.0, 40_000.0)
    )
    assert short == pytest.approx(stats.norm.logcdf(math.log(0.1) / 0.4), abs=1e-3)
    assert long == pytest.approx(stats.norm.logcdf(math.log(4.0) / 0.4))


def test_reports_of_one_hour_add_up_and_only_bulletins_move_the_offset():
    said, reading = seen([900.0, 1_100.0]), errors()
    bulletin, vehicles = count(5, 1_000.0), Report(5, "vehicles_crossed", 200.0, 0.0)
    total, offset = read_reports([bulletin, vehicles], said, reading, Offset.none(2))
    alone, after = read_bulletin(bulletin, said, reading, Offset.none(2))
    assert total == pytest.approx(alone + log_likelihood(vehicles, said, reading))
    assert np.array_equal(offset.mean, after.mean)
    _, untouched = read_reports([vehicles], said, reading, offset)
    assert untouched is offset
