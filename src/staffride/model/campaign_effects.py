"""What an hour's missions leave behind: losses on the ground, munitions spent, and those who loaded anew."""

from __future__ import annotations

from staffride.engine.compile import compiled
from staffride.model.air_defence import reload
from staffride.model.campaign_codes import AIR_DEFENCE, figure, number
from staffride.model.campaign_kernel import inlined
from staffride.model.campaign_missions import rounds_a_mission
from staffride.model.campaign_state import Floats, Integers, Orders, Records
from staffride.model.campaign_tally import FAILED, LOADED, LOST, RELEASED, Counts
from staffride.model.fires import apply_hits, spent_elements, stock_after_losses

_MUNITIONS, _SHELLS = figure("munitions"), number("fires.shells_per_mission")
_TURNAROUND = number("fires.turnaround")
_MAGAZINE, _RELOAD = figure("magazine"), figure("reload_time")


@inlined
@compiled
def land(
    count: int,
    orders: Orders,
    units: Records,
    missions: Records,
    staying_power: Floats,
    lost: Integers,
    dummies_lost: Integers,
    figures: Floats,
    state: Records,
    counts: Counts,
) -> None:
    """Let every mission that arrives and hits do its damage, and count what is lost by its cause: a kernel."""
    first = 0
    while first < count:
        last = first + 1
        while last < count and missions.order[last] == missions.order[first]:
            last += 1
        apply_hits(
            last - first,
            missions.target[first:last],
            missions.dummy[first:last],
            missions.point[first:last],
            missions.coordinated[first:last],
            missions.arrives[first:last],
            missions.hits[first:last],
            staying_power,
            state.damage,
            state.elements,
            state.dummies,
            lost,
            dummies_lost,
        )
        kind = units.kind[orders.rows.unit[missions.order[first]]]
        _count_losses(first, last, kind, units, missions, lost, figures, state, counts)
        first = last


@compiled
def _count_losses(
    first: int,
    last: int,
    kind: int,
    units: Records,
    missions: Records,
    lost: Integers,
    figures: Floats,
    state: Records,
    counts: Counts,
) -> None:
    """Count the elements that an order destroyed, each once, and take what they held from their unit's stocks."""
    for mission in range(first, last):
        unit = missions.target[mission]
        if unit < 0 or lost[unit] == 0:
            continue
        side, one = units.side[unit], units.target_class[unit]
        counts.lost[side, one] += lost[unit]
        counts.cause[side, one, kind] += lost[unit]
        state.struck[unit] += lost[unit]
        _lose_stocks(
            unit,
            state.elements[unit] + lost[unit],
            side,
            capacity(unit, units, figures, state),
            state,
            counts,
        )
        lost[unit] = 0


@compiled
def capacity(unit: int, units: Records, figures: Floats, state: Records) -> int:
    """Return the rounds that a battery's launchers can hold.

    Equation: elements x magazine. Units: rounds. Source: definition. Limits: launchers of one battery are alike.
    """
    return int(state.elements[unit] * int(figures[units.system[unit], _MAGAZINE] + 0.5))


@compiled
def _lose_stocks(unit: int, before: int, side: int, most_rounds: int, state: Records, counts: Counts) -> None:
    """Take from a unit what its destroyed elements held; a raid has taken the rounds of launchers that it struck."""
    left = stock_after_losses(state.stock[unit], before, state.elements[unit])
    counts.munitions[side, LOST] += state.stock[unit] - left
    state.stock[unit] = left
    ready = min(state.rounds[unit], most_rounds)
    stored = stock_after_losses(state.reserve[unit], before, state.elements[unit])
    counts.rounds_lost[side] += state.rounds[unit] - ready + state.reserve[unit] - stored
    state.rounds[unit], state.reserve[unit] = ready, stored


@inlined
@compiled
def account(
    count: int,
    orders: Orders,
    units: Records,
    numbers: Floats,
    figures: Floats,
    missions: Records,
    state: Records,
    counts: Counts,
) -> None:
    """Book the missions of an hour: what was released, lost or brought back, and who does not come back.

    The plan has taken the munitions of every mission from the stock; a mission that turned back brings them home.
    """
    for mission in range(count):
        shooter = orders.rows.unit[missions.order[mission]]
        side, expendable = units.side[shooter], units.expendable[shooter]
        carried = figures[units.system[shooter], _MUNITIONS]
        rounds = rounds_a_mission(units.threat[shooter], numbers[_SHELLS], carried)
        released, gone = missions.arrives[mission], missions.shot_down[mission] or missions.crashes[mission]
        state.fired[shooter] = True
        counts.sorties[side] += not missions.aboard[mission]
        if released or gone or expendable:
            counts.munitions[side, RELEASED if released else (LOST if gone else FAILED)] += rounds
        else:
            state.stock[shooter] += rounds
        if missions.aboard[mission]:
            continue
        if units.returns[shooter] or expendable:
            if missions.crashes[mission]:
                counts.lost[side, units.target_class[shooter]] += 1
            used, lost = spent_elements(1, int(gone), expendable)
            state.used[shooter] += used
            state.elements[shooter] = max(0, state.elements[shooter] - used - lost)


@compiled
def load_anew(units: Records, numbers: Floats, figures: Floats, state: Records, counts: Counts) -> None:
    """Reload what has been quiet long enough: batteries, launchers, and aircraft and drones after their turnaround."""
    for unit in range(units.side.size):
        if state.fired[unit]:
            state.quiet_h[unit] = 0.0
            continue
        reload_h = figures[units.system[unit], _RELOAD]
        if units.target_class[unit] == AIR_DEFENCE:
            state.rounds[unit], state.reserve[unit], state.quiet_h[unit] = reload(
                state.rounds[unit],
                capacity(unit, units, figures, state),
                state.reserve[unit],
                state.quiet_h[unit],
                reload_h,
            )
            continue
        state.quiet_h[unit] += 1.0
        cycle_h = numbers[_TURNAROUND] if units.returns[unit] else reload_h
        if cycle_h > 0.0 and state.quiet_h[unit] >= cycle_h and not units.expendable[unit]:
            full = state.elements[unit] * int(figures[units.system[unit], _MUNITIONS] + 0.5)
            if state.stock[unit] < full:
                counts.munitions[units.side[unit], LOADED] += full - state.stock[unit]
                state.stock[unit] = full


@compiled
def set_staying_power(units: Records, figures: Floats, column: int, staying_power: Floats) -> None:
    """Set for each unit (U,) the hits that put an element out of action; one where the data say nothing."""
    for unit in range(units.side.size):
        hits = figures[units.system[unit], column]
        staying_power[unit] = hits if hits > 0.0 else 1.0
