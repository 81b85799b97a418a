"""What a chain consists of: a closed road, the scenarios that follow from it, and whose people live behind it.

A chain runs several scenarios one after another: the closure of a road, talks, an operation, a displacement, returns.
Its own folder holds the closure's dated events and the parameters of what no other scenario has. The operation and the
displacement are scenarios of their own, which the chain names.
"""

from __future__ import annotations

from typing import Final

CHAIN = "chain"
"""The kind of scenario of which this file tells."""

STAGES: Final = {"operation": "campaign", "displacement": "displacement"}
"""Settings that name the scenario of a stage, and the kind that it must be of."""

CLOSURE, STOP = "closure", "stop"

CHAIN_EVENTS: Final = {
    CLOSURE: "the road is closed to ordinary traffic: only relief comes in",
    STOP: "nothing at all comes in",
}
"""Kinds of dated events that change what comes in over the road; others are shown and change nothing.

Either lasts ``duration_h`` hours; without a duration it lasts until an agreement, or the end of the fighting, opens
the road. Where both hold, nothing comes in.
"""

GOODS: Final = ("food", "fuel", "medicine")
"""What is held in stock behind the road; of each a stock is told in days of full need."""

OWN: Final = ("closure.", "talks.", "link.", "returns.")
"""Beginnings of the names of a chain's own parameters; any other name is that of a parameter of a stage."""
