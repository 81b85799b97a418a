"""Raids for tests: defences in few words, many replications at once, and kernels with rules broken by a switch."""

from __future__ import annotations

import inspect
from types import ModuleType, SimpleNamespace

import numpy as np
from numba import njit

from closed_forms import COMPILED, NOT_KEPT
from staffride.model import raid as shipped
from staffride.model.raid import EMITS_WHILE_ENGAGING, Batteries, Groups, Threats, raid_workspace

SEED = 1
FOREVER = 1e9
PLENTY = 10**9


def threats(start_s, group=0, key=None, aim=-1, strikes=False, homes=False):
    """Return threats; each argument is a number for all or one for each."""
    start_s = np.atleast_1d(np.asarray(start_s, float))
    n = start_s.size
    return Threats(
        np.arange(n) if key is None else np.asarray(key, np.int64),
        np.full(n, group, np.int32),
        start_s,
        np.full(n, aim, np.int32),
        np.full(n, strikes, np.bool_),
        np.full(n, homes, np.bool_),
    )


def groups(in_s, out_s, impact_s=None, kill=1.0, shoot=1.0):
    """Return groups from arrays (G, B) or numbers for one group and one battery."""
    out_s = np.atleast_2d(np.asarray(out_s, float))
    in_s = np.array(np.broadcast_to(np.asarray(in_s, float), out_s.shape))
    last = np.where(np.isfinite(out_s), out_s, 0.0).max(axis=1)
    impact = last if impact_s is None else np.array(np.broadcast_to(np.asarray(impact_s, float), last.shape))
    fill = [np.array(np.broadcast_to(np.asarray(x, float), out_s.shape)) for x in (kill, shoot)]
    return Groups(in_s, out_s, impact, *fill)


def batteries(
    count=1, channels=1, engagement_s=1.0, salvo=1, looks=PLENTY, networked=True,
    emission=EMITS_WHILE_ENGAGING, elements=1, rounds=PLENTY, key=None,
):  # fmt: skip
    """Return batteries; each argument is a number for all or one for each."""

    def whole(value):
        return np.array(np.broadcast_to(np.asarray(value, np.int64), (count,)))

    return Batteries(
        whole(np.arange(count) + 1000 if key is None else key), whole(channels),
        np.array(np.broadcast_to(np.asarray(engagement_s, float), (count,))), whole(salvo), whole(looks),
        np.full(count, networked, np.bool_), np.full(count, emission, np.int8), whole(elements), whole(rounds),
        whole(0), whole(0),
    )  # fmt: skip


def resolve(threat, group, battery, engagement=0.0, dwell=0.0, replication=0, step=0, raid=0, kernel=None):
    """Resolve one raid on copies; return outcome, end, and the batteries as they are afterwards."""
    after = Batteries(*(array.copy() for array in battery))
    n = threat.start_s.size
    work = raid_workspace(n, battery.key.size, int((battery.channels * battery.elements).sum()))
    outcome, end_s = np.full(n, 9, np.int8), np.full(n, np.nan)
    (kernel or shipped.resolve_raid)(
        SEED, replication, step, raid, threat, group, after, engagement, dwell, work, outcome, end_s
    )
    return SimpleNamespace(outcome=outcome, end_s=end_s, after=after, before=battery)


def repeater(kernel):
    """Return a compiled loop over replications of the same raid; ``step`` chooses the rule that is broken."""

    @njit(nogil=True)
    def repeat(step, first, threat, group, battery, elements, rounds, variability, work, outcomes, shots):
        end_s = np.empty(threat.start_s.size)
        for r in range(outcomes.shape[0]):
            battery.elements[:] = elements
            battery.rounds[:] = rounds
            battery.shots[:] = 0
            kernel(
                1, first + r, step, 0, threat, group, battery, variability[0], variability[1], work,
                outcomes[r], end_s,
            )  # fmt: skip
            shots[r] = battery.shots

    return repeat


def outcomes(repeat, n, threat, group, battery, engagement=0.0, dwell=0.0, step=0):
    """Return what became of each threat (n, N) and the shots of each battery (n, B) in ``n`` raids."""
    elements, rounds = battery.elements, battery.rounds
    battery = Batteries(*(array.copy() for array in battery))
    found = np.empty((n, threat.start_s.size), np.int8)
    shots = np.empty((n, elements.size), np.int64)
    work = raid_workspace(found.shape[1], elements.size, int((battery.channels * elements).sum()))
    variability = np.array([engagement, dwell])
    repeat(step, 0, threat, group, battery, elements, rounds, variability, work, found, shots)
    return found, shots


def with_switches(changes):
    """Return the raid module with each rule ``right`` replaced by ``wrong`` where the hour is its place from 1 on.

    ``wrong`` may say ``ON`` for "the switch is on".  With the hour 0 every rule is as shipped, which is checked too.
    """
    text = inspect.getsource(shipped).replace(COMPILED, NOT_KEPT)
    for place, (right, wrong) in enumerate(changes, 1):
        assert text.count(right) == 1, f"{right!r} stands {text.count(right)} times"
        text = text.replace(right, wrong.replace("ON", f"(step == {place})"))
    module = ModuleType("raid_with_switches")
    exec(compile(text, module.__name__, "exec"), vars(module))
    return module
