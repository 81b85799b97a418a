"""A raid against air defence, event by event in seconds: the kernel.

A **threat** is anything that flies: aircraft, drone, munition, missile, decoy or electronic false target.  It starts at
its own second, can be engaged by battery b between ``in_s`` and ``out_s`` seconds later, and is at its aim after
``impact_s``.  A **battery** serves as many threats at a time as it has channels.  One **look** is one engagement: a
salvo, a time during which a channel is busy, and the knowledge at its end whether to shoot again.

The rules, in the order in which they meet an event at the same second:

1. An engagement ends.  If it killed, the threat is gone.  If not, the battery may look again, while it has looks left.
2. Threats start.
3. Every battery with a free channel and rounds takes, of the threats that it can engage now, the one that is
   expected at its aim first; ties fall by keyed chance, so that nothing depends on the order of rows.  At first contact
   it judges whether the threat is worth a shot.
4. A threat whose time is over, and on which no engagement is under way, has leaked.  If it strikes a battery, one of
   that battery's elements is destroyed with its channels and its share of the rounds; engagements beyond what the
   channels left can carry are broken off, those that would end last first.

Networked batteries share one judgement and never engage a threat at the same time; the others know nothing of each
other, so they can shoot twice at one threat.  An engagement that began in time is decided at its end.  A munition
that homes on emission strikes only a battery that emits, or that has engaged since the munition started.

Chance: every draw is keyed by (threat, battery, look), and drawn only on contact.  So a threat more or a battery that
never fires leaves all other draws as they were.

Cost: events times the threats in play; a long stream costs in proportion to its length.  Nothing is allocated.

Limits: fixed windows (no manoeuvre under fire); a networked battery with the lower key has the first choice when two
could engage at the same second; reloading takes hours and is not in here (``air_defence.reload``).

References
----------
Erlang (1917), "Solution of some problems in the theory of probabilities of significance in automatic telephone
exchanges", Post Office Electrical Engineers' Journal 10, 189-197; Palm (1957), "Research on telephone traffic carried
by full availability groups", Tele 1; Baccelli and Hebuterne (1981), "On queues with impatient customers", Performance
'81, 159-179; Przemieniecki (2000), "Mathematical methods in defense analyses"; Washburn and Kress (2009), "Combat
modeling", chapters 2 and 7.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import RAID, exponential_ppf, four_uniforms, uniforms
from staffride.model.air_defence import (
    ALWAYS_EMITS,
    EMITS_WHILE_ENGAGING,
    rounds_after_loss,
    salvo_kill,
    varied,
)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Indices = NDArray[np.uint32]
Flags = NDArray[np.bool_]
Bytes = NDArray[np.int8]

LEAKED, KILLED, STRUCK = 0, 1, 2
"""What becomes of a threat: it came through, it was killed, it came through and destroyed an element of a battery."""

_LOOKS = 256  # a look's place in the key, above the numbers of the phenomena
_CONTACT, _NETWORK, _FIRST_LOOK = 0, 1, 2
_HOURS = 0x9E3779B1
_LOW_32_BITS = 0xFFFFFFFF


class Threats(NamedTuple):
    """What comes, one entry a threat, in order of start.

    Attributes
    ----------
    key
        Number from 0 to 2**32 - 1 that keys the threat's luck; different for each threat of a raid.
    group
        Index of the group of like threats that fly alike.
    start_s
        Second at which it starts; ascending.
    aim
        Index of the battery that it is to strike, -1 for none.
    strikes
        Whether it destroys an element of that battery if it comes through.
    home_on_emission
        Whether it can strike only a battery that emits.
    """

    key: Integers
    group: Codes
    start_s: Floats
    aim: Codes
    strikes: Flags
    home_on_emission: Flags


class Groups(NamedTuple):
    """How each group of threats meets each battery; shapes (G, B), and (G,) for ``impact_s``.

    Attributes
    ----------
    in_s, out_s
        Seconds after a threat's start between which a battery can begin to engage it; infinite ``in_s`` for never.
    impact_s
        Seconds after its start at which it is at its aim; finite, and no less than ``out_s`` of what strikes.
    kill
        Chance that one round kills.
    shoot
        Chance that the battery judges it worth a shot.
    """

    in_s: Floats
    out_s: Floats
    impact_s: Floats
    kill: Floats
    shoot: Floats


class Batteries(NamedTuple):
    """The defence, one entry a battery.

    Attributes
    ----------
    key
        Number from 0 to 2**32 - 1 that keys the battery's luck; different for each.
    channels
        Threats that one element can engage at a time.
    engagement_s
        Mean seconds that an engagement takes; more than zero.
    salvo
        Rounds fired in one look.
    looks
        Most looks at one threat.
    networked
        Whether it shares judgements and targets with the other networked batteries.
    emission
        ``NEVER_EMITS``, ``EMITS_WHILE_ENGAGING`` or ``ALWAYS_EMITS``.
    elements, rounds
        Elements and rounds ready; changed by the raid.
    shots, rounds_lost
        Rounds fired, and rounds destroyed with their elements; the raid adds to them.
    """

    key: Integers
    channels: Integers
    engagement_s: Floats
    salvo: Integers
    looks: Integers
    networked: Flags
    emission: Bytes
    elements: Integers
    rounds: Integers
    shots: Integers
    rounds_lost: Integers


class Workspace(NamedTuple):
    """Room for the work on raids, made once by `raid_workspace` and used again for every raid.

    Attributes
    ----------
    first, last, luck, used
        By battery and threat: the window that is left, the place among ties (-1 before contact), looks taken.
    arrival, gone, pending, held
        By threat: expected second at its aim; second at which its time is over, infinite once an engagement decides;
        engagements under way; whether one of them is of a networked battery.
    active
        Threats in play, by ``arrival``.
    wake, busy, emitted, order
        By battery: next second at which it may begin, channels in use, end of its last engagement; batteries by key.
    ends, victim, shooter, kills
        Engagements under way: end, threat, battery, and whether it will kill.
    """

    first: Floats
    last: Floats
    luck: Floats
    used: Codes
    arrival: Floats
    gone: Floats
    pending: Codes
    held: Flags
    active: Indices
    wake: Floats
    busy: Integers
    emitted: Floats
    order: Indices
    ends: Floats
    victim: Indices
    shooter: Indices
    kills: Flags


@compiled
def raid_workspace(threats: int, batteries: int, channels: int) -> Workspace:
    """Return room for raids of at most so many threats, batteries, and channels of all batteries together."""
    return Workspace(
        np.empty((batteries, threats)),
        np.empty((batteries, threats)),
        np.empty((batteries, threats)),
        np.empty((batteries, threats), np.int32),
        np.empty(threats),
        np.empty(threats),
        np.empty(threats, np.int32),
        np.empty(threats, np.bool_),
        np.empty(threats, np.uint32),
        np.empty(batteries),
        np.empty(batteries, np.int64),
        np.empty(batteries),
        np.empty(batteries, np.uint32),
        np.empty(channels),
        np.empty(channels, np.uint32),
        np.empty(channels, np.uint32),
        np.empty(channels, np.bool_),
    )


@compiled
def workspace_for(threats: int, batteries: int, channels: int, work: Workspace) -> Workspace:
    """Return a workspace that is large enough: the one given, or a new one, larger than asked for."""
    width, length = work.first.shape
    if threats <= length and batteries <= width and channels <= work.ends.size:
        return work
    return raid_workspace(2 * max(threats, length), max(batteries, width), 2 * max(channels, work.ends.size))


@compiled
def _muster(
    battery_key: Integers,
    channels: Integers,
    elements: Integers,
    most_channels: int,
    wake: Floats,
    busy: Integers,
    emitted: Floats,
    order: Indices,
) -> None:
    """Set the batteries' clocks, and their order by key."""
    total = 0
    for b in range(battery_key.size):
        wake[b] = math.inf
        busy[b] = 0
        emitted[b] = -math.inf
        total += channels[b] * elements[b]
        place = b
        while place > 0 and battery_key[order[place - 1]] > battery_key[b]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = b
    if total > most_channels:
        raise ValueError("the workspace has room for fewer channels than the batteries have")


@compiled
def _contact(
    seed: int, replication: int, moment: int, threat_key: int, battery_key: int, networked: bool
) -> tuple[float, float]:
    """Return the keyed luck of a first contact: for the judgement, and for the place among ties."""
    look, key = (_NETWORK, 0) if networked else (_CONTACT, battery_key)
    judgement, place, _, _ = four_uniforms(seed, replication, RAID + _LOOKS * look, moment, threat_key, key)
    return judgement, place


@compiled
def _patience(seed: int, replication: int, moment: int, threat_key: int, variability: float) -> float:
    """Return how long a threat's windows last, as a factor on their mean."""
    if variability <= 0.0:
        return 1.0
    _, _, u, _ = four_uniforms(seed, replication, RAID + _LOOKS * _NETWORK, moment, threat_key, 0)
    return varied(1.0, variability, exponential_ppf(u))


@compiled
def strikes_home(homes: bool, emission: int, emitted_s: float, start_s: float) -> bool:
    """Return whether a munition that came through finds its battery, if it homes on emission.

    Equation: not homing, or the battery always emits, or it emits while it engages and ``emitted >= start``.
    Units: s; ``emitted`` is when the battery's last engagement ended.
    Source: definition; a munition that homes keeps the place of an emitter that it has heard.
    Limits: the memory is perfect, and an emitter heard before the munition started is not.
    """
    if not homes or emission == ALWAYS_EMITS:
        return True
    return emission == EMITS_WHILE_ENGAGING and emitted_s >= start_s


@compiled
def _duration(mean: float, variability: float, u: float) -> float:
    """Return how long an engagement takes."""
    return varied(mean, variability, exponential_ppf(u)) if variability > 0.0 else mean


@compiled
def _admit(
    n: int,
    expected: float,
    patience: float,
    playing: int,
    start_s: Floats,
    in_s: Floats,
    out_s: Floats,
    first: Floats,
    last: Floats,
    luck: Floats,
    used: Codes,
    arrival: Floats,
    active: Indices,
    wake: Floats,
) -> float:
    """Bring a threat into play, in order of arrival (part of the kernel); return when its time is over."""
    over = expected
    for b in range(in_s.size):
        luck[b, n], used[b, n], last[b, n] = -1.0, 0, -math.inf
        first[b, n] = start_s[n] + in_s[b]
        if first[b, n] < math.inf:
            last[b, n] = first[b, n] + (out_s[b] - in_s[b]) * patience
            over = max(over, last[b, n])
            wake[b] = min(wake[b], first[b, n])
    arrival[n] = expected
    while playing > 0 and arrival[active[playing - 1]] > expected:
        active[playing] = active[playing - 1]
        playing -= 1
    active[playing] = n
    return over


@compiled
def _last_of(battery: int, underway: int, ends: Floats, shooter: Indices) -> int:
    """Return which of a battery's engagements under way ends last."""
    latest, end = -1, -math.inf
    for k in range(underway):
        if shooter[k] == battery and ends[k] > end:
            latest, end = k, ends[k]
    return latest


@compiled
def _retire(
    now: float,
    playing: int,
    underway: int,
    next_end: float,
    start_s: Floats,
    aim: Codes,
    strikes: Flags,
    homes: Flags,
    channels: Integers,
    emission: Bytes,
    elements: Integers,
    rounds: Integers,
    rounds_lost: Integers,
    gone: Floats,
    pending: Codes,
    active: Indices,
    busy: Integers,
    emitted: Floats,
    ends: Floats,
    shooter: Indices,
    kills: Flags,
    outcome: Bytes,
    end_s: Floats,
) -> tuple[int, float, float]:
    """Drop the threats that are killed or whose time is over, and let the latter strike (part of the kernel).

    Returns how many are left in play, and when the next engagement ends and the next threat's time is over.
    """
    next_gone, in_play = math.inf, 0
    for k in range(playing):
        n, b = active[k], aim[active[k]]
        if outcome[n] == KILLED:
            continue
        if gone[n] > now or pending[n] > 0:
            gone[n] = gone[n] if gone[n] > now else math.inf
            active[in_play] = n
            in_play += 1
            next_gone = min(next_gone, gone[n])
            continue
        end_s[n] = now
        exposed = b >= 0 and strikes[n] and elements[b] > 0
        if exposed and strikes_home(homes[n], emission[b], emitted[b], start_s[n]):
            outcome[n] = STRUCK
            kept = rounds_after_loss(rounds[b], elements[b])
            rounds_lost[b] += rounds[b] - kept
            rounds[b] = kept
            elements[b] -= 1
        while exposed and busy[b] > channels[b] * elements[b]:
            latest = _last_of(b, underway, ends, shooter)
            ends[latest], kills[latest] = -math.inf, False
            busy[b] -= 1
            next_end = now
    return in_play, next_end, next_gone


@compiled
def resolve_raid(
    seed: int, replication: int, step: int, raid: int, threats: Threats, groups: Groups, batteries: Batteries,
    engagement_variability: float, dwell_variability: float, work: Workspace, outcome: Bytes, end_s: Floats,
) -> None:  # fmt: skip
    """Resolve a raid: the kernel.  Nothing is returned; batteries change, ``outcome`` and ``end_s`` are filled.

    Parameters
    ----------
    seed, replication, step, raid
        What keys the luck, with the keys of threats and batteries: any numbers from 0 to 2**32 - 1.
    threats, groups, batteries
        What comes, how it meets the defence, and the defence.  Only rounds, elements, shots and lost rounds change.
    engagement_variability
        0 for a fixed engagement time, 1 for an exponential one (`varied`).
    dwell_variability
        The same for the length of each threat's windows, one draw a threat.  A window may then last beyond the impact,
        which waits for it.
    work
        Room from `raid_workspace`; what it holds before does not matter.
    outcome
        Filled with `LEAKED`, `KILLED` or `STRUCK`; shape (N,).
    end_s
        Filled with the second at which each threat was killed or came through; shape (N,).
    """
    # Arrays are unpacked once, and most is in one piece: handing arrays to helpers costs as much as the work.
    key, group, start_s, aim, strikes, homes = threats
    in_s, out_s, impact_s, kill, shoot = groups
    own_key, channels, engagement_s, salvo, looks, networked, emission = batteries[:7]
    elements, rounds, shots, rounds_lost = batteries[7:]
    first, last, luck, used, arrival, gone, pending, held, active = work[:9]
    wake, busy, emitted, order, ends, victim, shooter, kills = work[9:]
    _muster(own_key, channels, elements, ends.size, wake, busy, emitted, order)
    moment, width = (raid + step * _HOURS) & _LOW_32_BITS, own_key.size
    upcoming, playing, underway, next_end, next_gone = 0, 0, 0, math.inf, math.inf
    while True:
        now = min(next_end, next_gone, start_s[upcoming] if upcoming < start_s.size else math.inf)
        for b in range(width):
            now = min(now, wake[b])
        if now == math.inf:
            break

        if next_end <= now:  # engagements end; those that were broken off have an end of minus infinity
            next_end, k = math.inf, 0
            while k < underway:
                if ends[k] > now:
                    next_end = min(next_end, ends[k])
                    k += 1
                    continue
                n, b, has_killed, was_carried = victim[k], shooter[k], kills[k], ends[k] > -math.inf
                underway -= 1
                ends[k], kills[k] = ends[underway], kills[underway]
                victim[k], shooter[k] = victim[underway], shooter[underway]
                wake[b], pending[n], busy[b] = now, pending[n] - 1, busy[b] - was_carried
                held[n] = held[n] and not networked[b]
                if pending[n] == 0 and gone[n] == math.inf:
                    gone[n] = next_gone = now
                if has_killed and outcome[n] != KILLED:
                    outcome[n], end_s[n], next_gone = KILLED, now, now
                if outcome[n] == KILLED:
                    continue
                if used[b, n] < looks[b]:
                    first[b, n] = now
                for other in range(width):
                    if networked[b] and networked[other] and now <= last[other, n]:
                        wake[other] = min(wake[other], max(now, first[other, n]))

        while upcoming < start_s.size and start_s[upcoming] <= now:  # threats start
            n, g = upcoming, group[upcoming]
            patience = _patience(seed, replication, moment, key[n], dwell_variability)
            gone[n] = _admit(
                n, start_s[n] + impact_s[g], patience, playing, start_s, in_s[g], out_s[g],
                first, last, luck, used, arrival, active, wake,
            )  # fmt: skip
            pending[n], held[n], outcome[n], end_s[n] = 0, False, LEAKED, math.inf
            next_gone, playing, upcoming = min(next_gone, gone[n]), playing + 1, upcoming + 1

        for position in range(width):  # batteries begin engagements
            b = order[position]
            while wake[b] <= now:
                wake[b], later = math.inf, math.inf
                free, shared = channels[b] * elements[b] - busy[b], networked[b]
                if rounds[b] <= 0 or free <= 0:
                    break
                best, waiting = -1, 0
                for k in range(playing):
                    n = active[k]
                    opens = first[b, n]
                    if opens > last[b, n] or now > last[b, n] or outcome[n] != LEAKED or (held[n] and shared):
                        continue
                    if opens > now:
                        later = min(later, opens)
                        continue
                    waiting += 1
                    if best >= 0 and arrival[n] > arrival[best]:
                        if free == 1:
                            break
                        continue
                    if luck[b, n] < 0.0:
                        worth, luck[b, n] = _contact(seed, replication, moment, key[n], own_key[b], shared)
                        if worth >= shoot[group[n], b]:
                            first[b, n] = math.inf
                            continue
                    if best < 0 or luck[b, n] < luck[b, best]:
                        best = n
                wake[b] = now if best >= 0 and waiting > 1 else later
                if best < 0:
                    break
                look = RAID + _LOOKS * (_FIRST_LOOK + used[b, best])
                hit, time = uniforms(seed, replication, look, moment, key[best], own_key[b])
                fired = min(salvo[b], rounds[b])
                end = now + _duration(engagement_s[b], engagement_variability, time)
                ends[underway], kills[underway] = end, hit < salvo_kill(kill[group[best], b], fired)
                victim[underway], shooter[underway], underway = best, b, underway + 1
                next_end, emitted[b] = min(next_end, end), max(emitted[b], end)
                rounds[b] -= fired
                shots[b], busy[b] = shots[b] + fired, busy[b] + 1
                first[b, best], used[b, best] = math.inf, used[b, best] + 1
                pending[best], held[best] = pending[best] + 1, held[best] or shared

        if next_gone <= now:  # threats are killed, or their time is over
            playing, next_end, next_gone = _retire(
                now, playing, underway, next_end, start_s, aim, strikes, homes, channels, emission, elements,
                rounds, rounds_lost, gone, pending, active, busy, emitted, ends, shooter, kills, outcome, end_s,
            )  # fmt: skip
