import numpy as np
from staffride.engine.compile import compiled


def visible_ranges_km(latitude, longitude):
    return np.full((2, len(latitude), 16, 3), 1e3), np.array([0.0, 500.0]), np.array([0.0, 1000.0, 1e5])


@compiled
def masked_range_km(visible, crests, heights, place, bearing, altitude, crest):
    return visible[0, place, 0, 0]
