"""Rules of marches and of changes of control: how fast a formation goes, whom it dares to attack, what it loses."""

from __future__ import annotations

from staffride.engine.compile import compiled

_CLIMB_PER_LEVEL = 7.92


@compiled
def march_km_h(speed_km_h: float, length_km: float, climb_m: float, fuel: float) -> float:
    """Return how fast a formation goes along a way, in kilometres of the way an hour.

    Equation: ``v f L / (L + 7.92 max(0, h) / 1000)``: a metre up costs as much as 7.92 metres on the level; ``f`` is
    the share of its speed that its fuel leaves.
    Units: km/h, km, m.
    Source: Naismith (1892); Scarf (2007), Journal of Sports Sciences 25 (6), 719-726, for the number.
    Limits: the rule is for walkers; for vehicles it stands for low gears and bends. Down is as fast as level.
    """
    effort_km = length_km + _CLIMB_PER_LEVEL * max(0.0, climb_m) / 1000.0
    return speed_km_h * fuel * length_km / effort_km


@compiled
def dares_to_attack(
    own: float, opposed: float, least_ratio: float, cohesion: float, least_cohesion: float
) -> bool:
    """Return whether a formation attacks a place.

    Equation: ``own >= r opposed`` and ``c >= c_0``.
    Units: combat power; 1.
    Source: assumed; commanders look for a local superiority, Dupuy (1987), "Understanding War", chapter 4.
    Limits: it knows the opposition as it is, without an estimate's error.
    """
    return own >= least_ratio * opposed and cohesion >= least_cohesion


@compiled
def share_of_crew(persons: float, share: float) -> float:
    """Return how many of the persons in or around a destroyed element come to harm in one way.

    Equation: ``n s``. Units: persons. Source: definition. Limits: the mean; the draw is binomial.
    """
    return persons * share
