"""The numbers that stand for names in the campaign's arrays: classes, kinds, postures, figures, parameters."""

from __future__ import annotations

from staffride.model.campaign_parameters import POSTURES, numbers_of
from staffride.scenario.figures import FIGURES

CLASS_OF_KIND = {
    "air_defence": "air_defence",
    "tube_artillery": "artillery",
    "rocket_artillery": "rocket_artillery",
    "ballistic_missile": "missile",
    "cruise_missile": "missile",
    "jammer": "jammer",
    "navigation_jammer": "jammer",
    "early_warning": "early_warning",
    "command": "command",
    "armour": "armour",
    "anti_tank": "armour",
    "infantry_weapon": "armour",
    "mine": "depot",
    "depot": "depot",
    "vehicle": "vehicle",
    "armed_drone": "armed_drone",
    "strike_aircraft": "strike_aircraft",
    "helicopter": "helicopter",
    "decoy_aircraft": "decoy_aircraft",
    "loitering_munition": "loitering_munition",
    "bridge": "bridge",
    "troops": "troops",
}
"""Class under which losses of a kind of system are counted, and by which it is a target."""

KINDS = tuple(CLASS_OF_KIND)
"""Kinds of systems, in the order of their codes."""

CAUSES = (*KINDS, "ground", "abandoned", "overrun")
"""What an element is lost by: a kind of system, combat on the ground, its own crew's flight, or the enemy's arrival."""

IN_BATTLE, ABANDONED, OVERRUN = range(len(KINDS), len(CAUSES))

CLASSES = tuple(dict.fromkeys(CLASS_OF_KIND.values()))
"""Classes, in the order of their codes."""

EXPENDABLE = frozenset({"loitering_munition", "decoy_aircraft"})
"""Kinds whose elements are used up by their mission."""

RETURNING = frozenset({"armed_drone", "strike_aircraft", "helicopter"})
"""Kinds whose elements fly themselves and come home."""

EMISSIONS = ("none", "always", "blinking", "silent")
"""When a unit's radar or jammer is on, in the order of the codes."""

THREATS = ("aircraft", "drone", "munition", "missile")
"""Classes of what flies at a target, in the order of the codes."""

SHELLS = -1
"""Code of what is not engaged on its way: shells and unguided rockets."""

FIGURE_NAMES = tuple(figure.name for figure in FIGURES)
"""Figures of a system, in the order of the model's columns."""

NUMBERS = numbers_of(("0", "1"))
"""Parameters in the order of the model's row, with 0 and 1 for the two sides."""


def figure(name: str) -> int:
    """Return the column of a system's figure."""
    return FIGURE_NAMES.index(name)


def number(name: str) -> int:
    """Return the place of a parameter in the row; for one of each side, that of the first (the other follows)."""
    return NUMBERS.index(name.replace("{side}", "0"))


def class_code(name: str) -> int:
    """Return the code of a class."""
    return CLASSES.index(name)


AIR_DEFENCE = CLASSES.index("air_defence")
JAMMER = CLASSES.index("jammer")
COMMAND = CLASSES.index("command")
EARLY_WARNING = CLASSES.index("early_warning")
NONE, ALWAYS, BLINKING, SILENT = range(len(EMISSIONS))
MOVING = POSTURES.index("moving")
