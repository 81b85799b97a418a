"""Distributions: laws that hold for all, agreement with scipy for each."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from scipy import integrate, special, stats

from staffride.scenario.distributions import (
    KINDS,
    Base,
    Beta,
    Discrete,
    Distribution,
    Exponential,
    LogNormal,
    LogUniform,
    Mixture,
    Normal,
    Triangular,
    TruncatedNormal,
    Uniform,
)
from staffride.scenario.special import beta_cdf, beta_ppf, erfc, normal_cdf, normal_ppf

POSITIVE = st.floats(0.05, 50.0)
CENTRE = st.floats(-100.0, 100.0)
PROBABILITIES = st.lists(st.floats(1e-6, 1.0 - 1e-6), min_size=2, max_size=30)


@st.composite
def ends(draw: st.DrawFn) -> dict[str, float]:
    low = draw(CENTRE)
    return {"low": low, "high": low + draw(POSITIVE)}


@st.composite
def triangles(draw: st.DrawFn) -> Triangular:
    limits = draw(ends())
    share = draw(st.floats(0.0, 1.0))
    mode = min(limits["low"] + share * (limits["high"] - limits["low"]), limits["high"])
    return Triangular(**limits, mode=mode)


@st.composite
def truncated(draw: st.DrawFn) -> TruncatedNormal:
    mean, sd = draw(CENTRE), draw(POSITIVE)
    low = mean + sd * draw(st.floats(-6.0, 6.0))
    high = low + sd * draw(st.floats(0.1, 8.0))
    sides = draw(st.sampled_from([{"low": low}, {"high": high}, {"low": low, "high": high}]))
    return TruncatedNormal(mean=mean, sd=sd, **sides)


@st.composite
def discrete(draw: st.DrawFn) -> Discrete:
    values = draw(st.lists(CENTRE, min_size=1, max_size=6, unique=True))
    return Discrete(values=tuple(values), weights=tuple(draw(POSITIVE) for _ in values))


smooth = st.one_of(
    st.builds(Normal, mean=CENTRE, sd=POSITIVE),
    st.builds(LogNormal, median=POSITIVE, sigma=st.floats(0.05, 1.5)),
    st.builds(lambda limits: Uniform(**limits), ends()),
    st.builds(lambda low, ratio: LogUniform(low=low, high=low * ratio), POSITIVE, st.floats(1.01, 1e3)),
    triangles(),
    st.builds(
        lambda a, b, limits: Beta(alpha=a, beta=b, **limits), st.floats(0.5, 30), st.floats(0.5, 30), ends()
    ),
    truncated(),
    st.builds(Exponential, mean=POSITIVE),
)


@st.composite
def mixtures(draw: st.DrawFn) -> Mixture:
    parts = draw(st.lists(smooth, min_size=1, max_size=4))
    return Mixture(components=tuple(parts), weights=tuple(draw(POSITIVE) for _ in parts))


continuous = st.one_of(smooth, mixtures())
everything = st.one_of(continuous, discrete())


@settings(max_examples=60)
@given(everything, PROBABILITIES)
def test_ppf_is_monotone_and_stays_in_the_support(one: Base, levels: list[float]) -> None:
    quantiles = one.ppf(np.sort(levels))
    low, high = one.support
    assert np.all(np.diff(quantiles) >= 0.0)
    assert np.all((quantiles >= low) & (quantiles <= high))


@settings(max_examples=60)
@given(continuous, PROBABILITIES)
def test_cdf_undoes_ppf(one: Base, levels: list[float]) -> None:
    u = np.asarray(levels)
    found = one.ppf(u)
    below, above = (one.cdf(np.nextafter(found, end)) for end in (-np.inf, np.inf))
    assert np.all(below - 2e-9 <= u), "as near as the next number, and no nearer"
    assert np.all(u <= above + 2e-9)


def test_a_mixture_with_half_a_normal_has_quantiles() -> None:
    half = TruncatedNormal(mean=0.0, sd=1.0, low=0.0)
    u = np.array([1e-6, 0.5, 0.999])
    assert Mixture(components=(half,), weights=(1.0,)).ppf(u) == pytest.approx(half.ppf(u), abs=1e-9)


@given(discrete(), PROBABILITIES)
def test_discrete_ppf_is_the_least_value_that_reaches_the_level(one: Discrete, levels: list[float]) -> None:
    u = np.asarray(levels)
    assert np.all(one.cdf(one.ppf(u)) >= u - 1e-12)
    assert np.all(one.cdf(np.nextafter(one.ppf(u), -np.inf)) < u)


@settings(max_examples=60, deadline=None)
@given(smooth)
def test_density_integrates_to_the_cumulative_distribution(one: Base) -> None:
    a, b = one.quantile(0.02), one.quantile(0.98)
    breaks = [one.quantile(level) for level in (0.1, 0.5, 0.9)] + (
        [one.mode] if isinstance(one, Triangular) else []
    )
    inside = sorted({point for point in breaks if a < point < b})
    area, _ = integrate.quad(lambda x: float(one.density(np.array([x]))[0]), a, b, points=inside, limit=200)
    assert area == pytest.approx(0.96, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(smooth)
def test_density_integrates_to_one(one: Base) -> None:
    levels = np.concatenate([[1e-10], np.linspace(0.0005, 0.9995, 2000), [1 - 1e-10]])
    edges = one.ppf(levels)
    nodes, weights = np.polynomial.legendre.leggauss(12)
    half = np.diff(edges)[:, None] / 2
    x = edges[:-1, None] + half * (1 + nodes)
    assert float(np.sum(one.density(x) * weights * half)) == pytest.approx(1.0, abs=2e-4)


@settings(max_examples=40, deadline=None)
@given(smooth)
def test_moments_are_those_of_the_quantile_function(one: Base) -> None:
    nodes, weights = np.polynomial.legendre.leggauss(40)
    edges = np.concatenate(
        [[0], 10.0 ** np.arange(-12, -1), np.linspace(0.02, 0.98, 25), 1 - 10.0 ** -np.arange(2.0, 13), [1]]
    )
    half = np.diff(edges)[:, None] / 2
    x = one.ppf(edges[:-1, None] + half * (1 + nodes))
    mean = float(np.sum(x * weights * half))
    variance = float(np.sum((x - mean) ** 2 * weights * half))
    assert one.mean_value == pytest.approx(mean, rel=1e-4, abs=1e-4 * math.sqrt(variance))
    assert one.variance == pytest.approx(variance, rel=5e-3)


@settings(max_examples=50)
@given(everything, st.floats(0.01, 100.0), PROBABILITIES)
def test_scaling_is_a_change_of_unit(one: Base, factor: float, levels: list[float]) -> None:
    u = np.asarray(levels)
    scaled = one.scaled(factor)
    close = {"rel": 1e-9, "abs": 1e-9 * factor * (1 + abs(one.mean_value))}
    assert scaled.ppf(u) == pytest.approx(one.ppf(u) * factor, **close)
    assert scaled.variance == pytest.approx(one.variance * factor**2, rel=1e-6, abs=1e-9 * factor**2)


@given(everything)
def test_what_is_written_is_read_back(one: Base) -> None:
    assert TypeAdapter(Distribution).validate_python(one.model_dump()) == one


LEVELS = np.concatenate(
    [10.0 ** np.arange(-9.0, -1), np.linspace(0.02, 0.98, 49), 1 - 10.0 ** -np.arange(2.0, 10)]
)

PAIRS = [
    (Normal(mean=3, sd=2), stats.norm(3, 2)),
    (LogNormal(median=120, sigma=0.6), stats.lognorm(0.6, scale=120)),
    (Uniform(low=-1, high=4), stats.uniform(-1, 5)),
    (LogUniform(low=2, high=500), stats.loguniform(2, 500)),
    (Triangular(low=1, mode=2, high=7), stats.triang(1 / 6, 1, 6)),
    (Triangular(low=1, mode=1, high=7), stats.triang(0, 1, 6)),
    (Triangular(low=1, mode=7, high=7), stats.triang(1, 1, 6)),
    (Beta(alpha=2, beta=5), stats.beta(2, 5)),
    (Beta(alpha=0.3, beta=0.4, low=-2, high=3), stats.beta(0.3, 0.4, -2, 5)),
    (Beta(alpha=400, beta=30, low=0, high=2), stats.beta(400, 30, 0, 2)),
    (TruncatedNormal(mean=1, sd=2, low=0, high=3), stats.truncnorm(-0.5, 1, 1, 2)),
    (TruncatedNormal(mean=0, sd=1, low=6), stats.truncnorm(6, np.inf, 0, 1)),
    (TruncatedNormal(mean=0, sd=1, high=-7), stats.truncnorm(-np.inf, -7, 0, 1)),
    (Exponential(mean=9), stats.expon(scale=9)),
]  # fmt: skip


@pytest.mark.parametrize(("ours", "theirs"), PAIRS, ids=[repr(ours) for ours, _ in PAIRS])
def test_agrees_with_scipy(ours: Base, theirs: object) -> None:
    x = theirs.ppf(LEVELS)
    assert ours.ppf(LEVELS) == pytest.approx(x, rel=1e-9)
    assert ours.cdf(x) == pytest.approx(theirs.cdf(x), rel=1e-9)
    inner = x[8:-8]
    assert ours.density(inner) == pytest.approx(theirs.pdf(inner), rel=1e-9)
    mean, variance = theirs.stats("mv")
    assert ours.mean_value == pytest.approx(float(mean), rel=1e-9)
    assert ours.variance == pytest.approx(float(variance), rel=1e-6)


def test_special_functions_agree_with_scipy() -> None:
    x = np.linspace(-6, 26, 20001)
    assert erfc(x) == pytest.approx(special.erfc(x), rel=1e-12, abs=1e-300)
    assert normal_cdf(x) == pytest.approx(special.ndtr(x), rel=1e-12)
    u = np.concatenate([10.0 ** np.linspace(-300, -1, 600), np.linspace(0.001, 0.999, 999)])
    assert normal_ppf(u) == pytest.approx(special.ndtri(u), rel=1e-13, abs=1e-15)
    assert list(normal_ppf(np.array([0.0, 0.5, 1.0]))) == [-np.inf, 0.0, np.inf]


@pytest.mark.parametrize(("alpha", "beta"), [(0.1, 0.2), (1, 1), (2, 3), (50, 70), (1000, 3), (3, 2000)])
def test_incomplete_beta_agrees_with_scipy(alpha: float, beta: float) -> None:
    x = np.linspace(0, 1, 501)
    assert beta_cdf(alpha, beta, x) == pytest.approx(special.betainc(alpha, beta, x), rel=1e-11, abs=1e-14)
    u = np.linspace(0.001, 0.999, 501)
    assert beta_ppf(alpha, beta, u) == pytest.approx(special.betaincinv(alpha, beta, u), rel=1e-11)


def test_a_mixture_of_one_is_that_one() -> None:
    one = LogNormal(median=100_000, sigma=0.15)
    u = np.linspace(0.001, 0.999, 999)
    assert Mixture(weights=(3.0,), components=(one,)).ppf(u) == pytest.approx(one.ppf(u), rel=1e-12)


@given(mixtures())
def test_mixture_moments_are_weighted_moments_about_zero(one: Mixture) -> None:
    shares = np.asarray(one.weights) / sum(one.weights)
    means = np.array([part.mean_value for part in one.components])
    squares = np.array([part.variance for part in one.components]) + means**2
    assert one.mean_value == pytest.approx(float(shares @ means), rel=1e-9, abs=1e-9)
    second = one.variance + one.mean_value**2
    assert second == pytest.approx(float(shares @ squares), rel=1e-9)


@settings(max_examples=40)
@given(everything, st.lists(st.floats(1e-6, 1.0 - 1e-6), min_size=1, max_size=8))
def test_a_draw_does_not_depend_on_the_others_in_the_array(one: Base, levels: list[float]) -> None:
    u = np.asarray(levels)
    alone = [float(one.ppf(u[n : n + 1])[0]) for n in range(len(u))]
    assert one.ppf(u).tolist() == alone


def test_weights_are_relative() -> None:
    parts = (Uniform(low=0, high=1), Uniform(low=9, high=10))
    assert Mixture(weights=(3, 1), components=parts).quantile(0.75) == pytest.approx(1.0, abs=1e-9)
    assert Discrete(values=(1, 2), weights=(1, 3)).mean_value == 1.75


def test_mixture_ends_are_the_ends_of_its_support() -> None:
    mixture = Mixture(weights=(1, 1), components=(Uniform(low=0, high=1), Exponential(mean=2)))
    assert list(mixture.ppf(np.array([0.0, 1.0]))) == [0.0, np.inf]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"kind": "uniform", "low": 2, "high": 2}, "low must be less than high"),
        ({"kind": "loguniform", "low": 0, "high": 2}, "greater than 0"),
        ({"kind": "triangular", "low": 0, "mode": 5, "high": 2}, "mode must lie between"),
        ({"kind": "normal", "mean": 0, "sd": -1}, "greater than 0"),
        ({"kind": "normal", "mean": float("nan"), "sd": 1}, "finite number"),
        ({"kind": "truncated_normal", "mean": 0, "sd": 1, "low": 90}, "leave no probability"),
        ({"kind": "discrete", "values": [1, 1], "weights": [1, 1]}, "values must differ"),
        ({"kind": "discrete", "values": [1, 2], "weights": [1]}, "equally many"),
        ({"kind": "mixture", "components": [], "weights": []}, "at least 1 item"),
        ({"kind": "gamma", "shape": 1}, "does not match any of the expected tags"),
    ],
)
def test_impossible_distributions_are_refused(written: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        TypeAdapter(Distribution).validate_python(written)


def test_every_kind_is_tested() -> None:
    tested = {type(ours) for ours, _ in PAIRS} | {Mixture, Discrete}
    assert tested == set(KINDS)
