"""What every model needs and takes long to import; loaded by the process from which workers are forked.

That process starts before the scenario is read, so it cannot know which model will run. The model itself is
quick to import.
"""

import staffride.engine.random
import staffride.results.task
import staffride.scenario.schema  # noqa: F401
