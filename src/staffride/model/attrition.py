"""Attrition of two sides: the law of Helmbold with a size effect, integrated exactly or drawn loss by loss.

``integrate(x, y, a, b, exponent, size_exponent, reference, hours)`` returns what is left of both sides after a step;
``by_event(seed, replication, step, entity, x, y, a, b, exponent, size_exponent, reference, hours)`` draws it, one loss
at a time. ``a`` wears down ``x`` and ``b`` wears down ``y``, both 1/h. Both forms have the same limits: the square
law (exponent 1), the linear law (0.5, with size exponent -1 for the product of both strengths) and the
logarithmic law (0). Where they stop within the step, because a side is gone, the other keeps what it has.
"""

from __future__ import annotations

import math

from staffride.engine.compile import compiled
from staffride.engine.random import GROUND, exponential_ppf, uniforms

_CHANGE = (
    0.002  # largest mean share that both sides lose in a sub-step; relative error of the losses below 1e-6
)
_GONE = 1e-9  # share of a side's strength below which it is gone
_LOGARITHMIC = 1e-9  # exponent below which the law is the logarithmic one
_LONG = 300.0  # hyperbolic angle beyond which a battle is over
_EVENTS = 1_000_000  # draws from here on are those of `by_event`


@compiled
def size_factor(x: float, y: float, size_exponent: float, reference: float) -> float:
    """Return the factor by which the size of a battle lowers the share lost in a given time.

    Equation: ``(sqrt(x y) / reference)^-sigma``; 1 for a size exponent ``sigma`` of 0.
    Units: persons in contact; persons.
    Source: larger forces lose a smaller share a day: Dupuy (1995), "Attrition".
    Limits: the same for both sides, so it changes how fast a battle goes and not which side wins.
    """
    if size_exponent == 0.0 or x <= 0.0 or y <= 0.0:
        return 1.0
    return math.exp(-size_exponent * (0.5 * math.log(x * y) - math.log(reference)))


@compiled
def helmbold(x: float, y: float, a: float, b: float, exponent: float, hours: float) -> tuple[float, float]:
    """Return what is left of two sides after a time, by the law of Helmbold without a size effect.

    Equation: ``x' = -a (x / y)^(1 - W) y``, ``y' = -b (y / x)^(1 - W) x``. With ``p = x^W`` and ``q = y^W`` this is
    ``p' = -a W q``, ``q' = -b W p``, the square law, which hyperbolic functions solve;
    ``b x^(2 W) - a y^(2 W)`` is constant.
    Units: strengths in any unit, ``a`` and ``b`` in 1/h, hours.
    Source: Helmbold (1965), Operations Research 13, 857-859; Peterson (1967), Operations Research 15, 557-558;
    square law: Lanchester (1916), "Aircraft in warfare".
    Limits: both sides are uniform and stay in contact; at ``W = 0`` it is ``x' = -a x``, ``y' = -b y``.
    """
    if x <= 0.0 or y <= 0.0:
        return x, y
    if exponent < _LOGARITHMIC:
        return x * math.exp(-a * hours), y * math.exp(-b * hours)
    balance = (y / x) ** exponent
    root = math.sqrt(a * b)
    angle = exponent * root * hours
    if angle > _LONG:
        return _winner(x, y, a, b, exponent, balance)
    half = math.sinh(0.5 * angle)
    grown = 2.0 * half * half
    worn = exponent * hours if root <= 0.0 else math.sinh(angle) / root
    change_x, change_y = grown - a * worn * balance, grown - b * worn / balance
    if change_x <= -1.0 or change_y <= -1.0:
        return _winner(x, y, a, b, exponent, balance)
    return x * math.exp(math.log1p(change_x) / exponent), y * math.exp(math.log1p(change_y) / exponent)


@compiled
def _winner(x: float, y: float, a: float, b: float, exponent: float, balance: float) -> tuple[float, float]:
    """Return both sides when one is gone: the constant of the law says what the other has left."""
    against_x, against_y = a * balance * balance, b
    if against_x == against_y:
        return 0.0, 0.0
    if against_x > against_y:
        return 0.0, y * (1.0 - against_y / against_x) ** (0.5 / exponent)
    return x * (1.0 - against_x / against_y) ** (0.5 / exponent), 0.0


@compiled
def integrate(
    x: float,
    y: float,
    a: float,
    b: float,
    exponent: float,
    size_exponent: float,
    reference: float,
    hours: float,
) -> tuple[float, float]:
    """Return what is left of two sides after a step, by the law of Helmbold with a size effect.

    Equation: `helmbold` in a time that runs at `size_factor`: ``d tau = (sqrt(x y) / reference)^-sigma dt``. Sub-steps
    in which both sides lose at most 0.2 % take it at their middle; without a size effect one step is exact.
    Units: persons in contact; ``a`` and ``b`` in 1/h at the reference size; persons; hours.
    Source: Helmbold (1965); Bracken (1995), Naval Research Logistics 42, 559-577, for exponents of both strengths.
    Limits: relative error of the losses below 1e-6; a side with less than 1e-9 of its strength is gone.
    """
    if size_exponent == 0.0:
        return helmbold(x, y, a, b, exponent, hours)
    least_x, least_y, left = _GONE * x, _GONE * y, hours
    while left > 0.0 and x > least_x and y > least_y:
        balance = (y / x) ** exponent
        factor = size_factor(x, y, size_exponent, reference)
        pace = 0.5 * (a * balance + b / balance) * factor
        step = left if pace * left <= _CHANGE else _CHANGE / pace
        x, y = helmbold(x, y, a, b, exponent, step * factor * math.exp(0.5 * size_exponent * pace * step))
        left -= step
    if x <= least_x or y <= least_y:
        return (x if x > least_x else 0.0), (y if y > least_y else 0.0)
    return x, y


@compiled
def by_event(
    seed: int,
    replication: int,
    step: int,
    entity: int,
    x: int,
    y: int,
    a: float,
    b: float,
    exponent: float,
    size_exponent: float,
    reference: float,
    hours: float,
) -> tuple[int, int]:
    """Return what is left of two sides after a step in which losses happen one by one, at random: a kernel.

    Equation: a Markov chain: one of ``x`` is lost at the rate ``a x^(1 - W) y^W s``, one of ``y`` at
    ``b y^(1 - W) x^W s``, ``s`` by `size_factor`; the time to the next loss is exponential. It has no memory, so it
    may start anew with every step.
    Units: whole persons or vehicles; ``a`` and ``b`` in 1/h; persons; hours.
    Source: Kress and Talmor (1999), Journal of the Operational Research Society 50, 733-744; Taylor (1983),
    "Lanchester models of warfare", volume 2.
    Limits: one draw a loss, so for small sides only.
    """
    time, number = 0.0, 0
    while x > 0 and y > 0:
        balance = (y / x) ** exponent
        factor = size_factor(x, y, size_exponent, reference)
        loss_x, loss_y = a * x * balance * factor, b * y / balance * factor
        if loss_x + loss_y <= 0.0:
            break
        wait, which = uniforms(seed, replication, GROUND, step, entity, _EVENTS + number)
        time += exponential_ppf(wait) / (loss_x + loss_y)
        if time > hours:
            break
        if which * (loss_x + loss_y) < loss_x:
            x -= 1
        else:
            y -= 1
        number += 1
    return x, y
