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
        Mean seconds that an engagement takes.
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
    """Room for the work on a raid, made once by `raid_workspace` and used again for every raid.

    Attributes
    ----------
    first, last, luck, used
        By threat and battery: window that is left, place among ties (-1 before contact), looks taken.
    arrival, gone
        By threat: expected second at its aim; second at which its time is over, infinite once an engagement decides.
    pending, held
        By threat: engagements under way; whether one of them is of a networked battery.
    active
        Threats in play, by ``arrival``.
    wake, busy, emitted, order
        By battery: next second at which it may begin; channels in use; end of its last engagement; by key.
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
    active: Codes
    wake: Floats
    busy: Integers
    emitted: Floats
    order: Codes
    ends: Floats
    victim: Codes
    shooter: Codes
    kills: Flags


@compiled
def raid_workspace(threats: int, batteries: int, channels: int) -> Workspace:
    """Return room for raids of at most so many threats, batteries, and channels of all batteries together."""
    return Workspace(
        np.empty((threats, batteries)),
        np.empty((threats, batteries)),
        np.empty((threats, batteries)),
        np.empty((threats, batteries), np.int32),
        np.empty(threats),
        np.empty(threats),
        np.empty(threats, np.int32),
        np.empty(threats, np.bool_),
        np.empty(threats, np.int32),
        np.empty(batteries),
        np.empty(batteries, np.int64),
        np.empty(batteries),
        np.empty(batteries, np.int32),
        np.empty(channels),
        np.empty(channels, np.int32),
        np.empty(channels, np.int32),
        np.empty(channels, np.bool_),
    )


@compiled
def _muster(batteries: Batteries, work: Workspace) -> None:
    """Set the batteries' clocks, and their order by key."""
    channels = 0
    for b in range(batteries.key.size):
        work.wake[b] = math.inf
        work.busy[b] = 0
        work.emitted[b] = -math.inf
        channels += batteries.channels[b] * batteries.elements[b]
        place = b
        while place > 0 and batteries.key[work.order[place - 1]] > batteries.key[b]:
            work.order[place] = work.order[place - 1]
            place -= 1
        work.order[place] = b
    if channels > work.ends.size:
        raise ValueError("the workspace has room for fewer channels than the batteries have")


@compiled
def _admit(
    n: int,
    position: int,
    patience: float,
    threats: Threats,
    groups: Groups,
    batteries: Batteries,
    work: Workspace,
) -> float:
    """Bring a threat into play at the right place of ``active[:position + 1]``; return when its time is over."""
    g, start = threats.group[n], threats.start_s[n]
    arrival = float(start + groups.impact_s[g])
    over = arrival
    for b in range(batteries.key.size):
        work.first[n, b] = math.inf
        if groups.in_s[g, b] < math.inf:
            enter = start + groups.in_s[g, b]
            leave = enter + (groups.out_s[g, b] - groups.in_s[g, b]) * patience
            work.first[n, b] = enter
            work.last[n, b] = leave
            work.luck[n, b] = -1.0
            work.used[n, b] = 0
            work.wake[b] = min(work.wake[b], enter)
            over = max(over, leave)
    work.arrival[n] = arrival
    work.gone[n] = over
    work.pending[n] = 0
    work.held[n] = False
    while position > 0 and work.arrival[work.active[position - 1]] > arrival:
        work.active[position] = work.active[position - 1]
        position -= 1
    work.active[position] = n
    return over


@compiled
def _judge(
    seed: int,
    replication: int,
    moment: int,
    n: int,
    b: int,
    chance: float,
    threats: Threats,
    batteries: Batteries,
    work: Workspace,
) -> None:
    """Let a battery meet a threat for the first time: is it worth a shot, and where does it stand among ties."""
    look, key = (_NETWORK, 0) if batteries.networked[b] else (_CONTACT, batteries.key[b])
    judgement, place, _, _ = four_uniforms(
        seed, replication, RAID + _LOOKS * look, moment, threats.key[n], key
    )
    work.luck[n, b] = place
    if judgement >= chance:
        work.first[n, b] = math.inf


@compiled
def _strike(
    n: int, now: float, underway: int, threats: Threats, batteries: Batteries, work: Workspace, outcome: Bytes
) -> int:
    """Let a threat that came through strike its battery; return how many engagements go on."""
    b = threats.aim[n]
    if b < 0 or not threats.strikes[n] or batteries.elements[b] <= 0:
        return underway
    if threats.home_on_emission[n] and batteries.emission[b] != ALWAYS_EMITS:
        late = work.emitted[b] < threats.start_s[n]
        if batteries.emission[b] != EMITS_WHILE_ENGAGING or late:
            return underway
    outcome[n] = STRUCK
    kept = rounds_after_loss(batteries.rounds[b], batteries.elements[b])
    batteries.rounds_lost[b] += batteries.rounds[b] - kept
    batteries.rounds[b] = kept
    batteries.elements[b] -= 1
    while work.busy[b] > batteries.channels[b] * batteries.elements[b]:
        underway = _break_off(b, now, underway, batteries, work)
    return underway


@compiled
def _break_off(b: int, now: float, underway: int, batteries: Batteries, work: Workspace) -> int:
    """End a battery's engagement that would end last, without effect; return how many engagements go on."""
    latest = -1
    for k in range(underway):
        if work.shooter[k] == b and (latest < 0 or work.ends[k] > work.ends[latest]):
            latest = k
    _release(work.victim[latest], b, now, batteries, work)
    underway -= 1
    for array in (work.victim, work.shooter):
        array[latest] = array[underway]
    work.ends[latest] = work.ends[underway]
    work.kills[latest] = work.kills[underway]
    return underway


@compiled
def _release(n: int, b: int, now: float, batteries: Batteries, work: Workspace) -> None:
    """Give a battery its channel back, and the threat to whoever may look (again)."""
    work.busy[b] -= 1
    work.wake[b] = now
    work.pending[n] -= 1
    if work.used[n, b] < batteries.looks[b]:
        work.first[n, b] = now
    if batteries.networked[b]:
        work.held[n] = False
        for other in range(batteries.key.size):
            if batteries.networked[other]:
                work.wake[other] = now
    if work.pending[n] == 0 and work.gone[n] == math.inf:
        work.gone[n] = now


@compiled
def resolve_raid(
    seed: int,
    replication: int,
    step: int,
    raid: int,
    threats: Threats,
    groups: Groups,
    batteries: Batteries,
    engagement_variability: float,
    dwell_variability: float,
    work: Workspace,
    outcome: Bytes,
    end_s: Floats,
) -> None:
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
    moment = (raid + step * _HOURS) & _LOW_32_BITS
    _muster(batteries, work)
    count, width = threats.start_s.size, batteries.key.size
    upcoming, playing, underway = 0, 0, 0
    next_end, next_gone = math.inf, math.inf
    while True:
        now = min(next_end, next_gone)
        if upcoming < count:
            now = min(now, threats.start_s[upcoming])
        for b in range(width):
            now = min(now, work.wake[b])
        if now == math.inf:
            break

        if next_end <= now:
            next_end = math.inf
            going_on = 0
            for k in range(underway):
                n, b = work.victim[k], work.shooter[k]
                if work.ends[k] <= now:
                    _release(n, b, now, batteries, work)
                    next_gone = min(next_gone, work.gone[n])
                    if work.kills[k] and outcome[n] != KILLED:
                        outcome[n] = KILLED
                        end_s[n] = next_gone = now
                    continue
                next_end = min(next_end, work.ends[k])
                work.ends[going_on], work.kills[going_on] = work.ends[k], work.kills[k]
                work.victim[going_on], work.shooter[going_on] = n, b
                going_on += 1
            underway = going_on

        while upcoming < count and threats.start_s[upcoming] <= now:
            patience = 1.0
            if dwell_variability > 0.0:
                _, _, u, _ = four_uniforms(
                    seed, replication, RAID + _LOOKS * _NETWORK, moment, threats.key[upcoming], 0
                )
                patience = varied(1.0, dwell_variability, exponential_ppf(u))
            over = _admit(upcoming, playing, patience, threats, groups, batteries, work)
            outcome[upcoming] = LEAKED
            end_s[upcoming] = math.inf
            next_gone = min(next_gone, over)
            playing += 1
            upcoming += 1

        for position in range(width):
            b = work.order[position]
            while work.wake[b] <= now:
                work.wake[b] = math.inf
                if batteries.rounds[b] <= 0 or work.busy[b] >= batteries.channels[b] * batteries.elements[b]:
                    break
                best = -1
                for k in range(playing):
                    n = work.active[k]
                    if best >= 0 and work.arrival[n] > work.arrival[best]:
                        break
                    if work.first[n, b] > now:
                        work.wake[b] = min(work.wake[b], work.first[n, b])
                    elif (
                        now <= work.last[n, b]
                        and outcome[n] == LEAKED
                        and not (work.held[n] and batteries.networked[b])
                    ):
                        if work.luck[n, b] < 0.0:
                            chance = groups.shoot[threats.group[n], b]
                            _judge(seed, replication, moment, n, b, chance, threats, batteries, work)
                        if work.first[n, b] <= now and (best < 0 or work.luck[n, b] < work.luck[best, b]):
                            best = n
                if best < 0:
                    continue
                look = _FIRST_LOOK + work.used[best, b]
                hit, time = uniforms(
                    seed, replication, RAID + _LOOKS * look, moment, threats.key[best], batteries.key[b]
                )
                fired = min(batteries.salvo[b], batteries.rounds[b])
                batteries.rounds[b] -= fired
                batteries.shots[b] += fired
                duration = batteries.engagement_s[b]
                if engagement_variability > 0.0:
                    duration = varied(duration, engagement_variability, exponential_ppf(time))
                work.ends[underway] = now + duration
                work.kills[underway] = hit < salvo_kill(groups.kill[threats.group[best], b], fired)
                work.victim[underway], work.shooter[underway] = best, b
                underway += 1
                next_end = min(next_end, now + duration)
                work.used[best, b] += 1
                work.first[best, b] = math.inf
                work.pending[best] += 1
                work.held[best] |= batteries.networked[b]
                work.busy[b] += 1
                work.emitted[b] = max(work.emitted[b], now + duration)
                work.wake[b] = now

        if next_gone <= now:
            next_gone = math.inf
            in_play = 0
            for k in range(playing):
                n = work.active[k]
                if outcome[n] == KILLED:
                    continue
                if work.gone[n] <= now:
                    if work.pending[n] == 0:
                        end_s[n] = now
                        underway = _strike(n, now, underway, threats, batteries, work, outcome)
                        if outcome[n] == STRUCK:
                            next_gone = now
                        continue
                    work.gone[n] = math.inf
                work.active[in_play] = n
                in_play += 1
                next_gone = min(next_gone, work.gone[n])
            playing = in_play
