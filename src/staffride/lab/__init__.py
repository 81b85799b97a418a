"""Questions put to runs: scores, baselines, calibration, validation."""
