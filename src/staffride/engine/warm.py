"""Make Numba ready by calling one kernel; imported by the process from which workers are forked.

The first call of any kernel in a process sets up the compiler, a third of a second that every worker would
otherwise spend.
"""

from staffride.engine.random import philox4x32

philox4x32(0, 0, 0, 0, 0, 0)
