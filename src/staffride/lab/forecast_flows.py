"""From persons present to flows, and where arrivals go instead when a destination is cut off, opened or full."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from staffride.lab.forecast_reports import Floats, Standing

Flags: TypeAlias = NDArray[np.bool_]


class Flows(NamedTuple):
    """Persons present and arriving.

    Attributes
    ----------
    present
        (paths, days, destinations) persons at the end of each day.
    arrivals
        (paths, days, destinations) persons who arrive on each day; never negative.
    """

    present: Floats
    arrivals: Floats


class Rules(NamedTuple):
    """Where newly displaced people can go.

    Attributes
    ----------
    closed
        (days, destinations) cut off by what the user asks, and not without it.
    opened
        (days, destinations) reachable by what the user asks, and not without it.
    split
        (destinations,) shares of new arrivals, summing to one.
    capacity
        (destinations,) persons who can be sheltered; infinite where it is not known or not asked for.
    """

    closed: Flags
    opened: Flags
    split: Floats
    capacity: Floats

    @property
    def change_nothing(self) -> bool:
        """Return whether arrivals stay where they are."""
        return not (self.closed.any() or self.opened.any() or np.isfinite(self.capacity).any())


def split_of_arrivals(at: Standing, pooling: float) -> Floats:
    """Return the shares of new arrivals: recent rises, shrunk towards the shares of the counts.

    ``(1 - pooling) rises / sum of rises + pooling x counts / total``; the shares of the counts alone where nothing
    rises, even shares where nobody has been counted.
    """
    rises = np.maximum(0.0, at.rate)
    stocks = at.share if at.share.sum() > 0.0 else np.full(len(at.count), 1.0 / max(1, len(at.count)))
    if rises.sum() <= 0.0:
        return stocks
    mixed: Floats = (1.0 - pooling) * rises / rises.sum() + pooling * stocks
    return mixed


def flows(first: Floats, present: Floats, rules: Rules) -> Flows:
    """Return persons present and arrivals.

    Parameters
    ----------
    first
        (paths, destinations) persons present on the origin.
    present
        (paths, days, destinations) persons present later, as the trend has it.
    rules
        Where newly displaced people can go.
    """
    change = np.diff(present, axis=1, prepend=first[:, None, :])
    arrivals = np.maximum(0.0, change)
    if rules.change_nothing:
        return Flows(present, arrivals)
    leaving = arrivals - change
    kept, stock = np.empty_like(present), first.copy()
    for day in range(present.shape[1]):
        wanted = _redirected(arrivals[:, day], rules, day)
        arrivals[:, day] = _sheltered(wanted, stock, rules, ~rules.closed[day])
        stock = np.maximum(0.0, stock + arrivals[:, day] - leaving[:, day])
        kept[:, day] = stock
    return Flows(kept, arrivals)


def _redirected(arrivals: Floats, rules: Rules, day: int) -> Floats:
    """Return (paths, destinations) arrivals: those of closed ones go to others, opened ones get their share."""
    closed, opened = rules.closed[day], rules.opened[day]
    moved = np.where(closed, 0.0, arrivals)
    share = np.where(closed, 0.0, rules.split)
    if share.sum() > 0.0:
        moved = moved + arrivals[:, closed].sum(axis=1)[:, None] * share / share.sum()
    if not opened.any():
        return moved
    volume = moved.sum(axis=1, keepdims=True)
    least = np.where(opened, np.maximum(rules.split, 1.0 / max(1, (~closed).sum())), 0.0)
    wanted = np.where(opened, np.maximum(moved, volume * least), 0.0)
    asked = wanted.sum(axis=1, keepdims=True)
    wanted = wanted * np.divide(volume, asked, out=np.ones_like(asked), where=asked > volume)
    others = np.where(opened, 0.0, moved)
    left = np.maximum(0.0, volume - wanted.sum(axis=1, keepdims=True))
    before = others.sum(axis=1, keepdims=True)
    shrink = np.divide(left, before, out=np.zeros_like(left), where=before > 0.0)
    shared: Floats = wanted + others * shrink
    return shared


def _sheltered(arrivals: Floats, stock: Floats, rules: Rules, is_open: Flags) -> Floats:
    """Return arrivals after those who find a full destination went on to others with room, as far as there is any."""
    if not np.isfinite(rules.capacity).any():
        return arrivals
    room = np.where(is_open, np.maximum(0.0, rules.capacity - stock), 0.0)
    stay = np.minimum(arrivals, room)
    turned = arrivals - stay
    left = np.minimum(room - stay, turned.sum(axis=1, keepdims=True))
    free = left.sum(axis=1, keepdims=True)
    moving = np.minimum(turned.sum(axis=1, keepdims=True), free)
    away = turned.sum(axis=1, keepdims=True)
    gone = np.divide(moving, away, out=np.zeros_like(away), where=away > 0.0)
    taken = np.divide(left * moving, free, out=np.zeros_like(left), where=free > 0.0)
    sheltered: Floats = stay + turned * (1.0 - gone) + taken
    return sheltered
