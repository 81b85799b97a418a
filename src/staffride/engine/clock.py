"""A clock that kernels can read: the processor's counter of cycles, of use for shares of time only."""

from __future__ import annotations

import time
from typing import Any

from staffride.engine.compile import compilation_is_on, untyped


def _counter() -> Any:  # noqa: ANN401 (what Numba returns has no type)
    """Return a function of nothing that reads the counter: compiled to one instruction, or in plain Python."""
    if not compilation_is_on():
        return time.perf_counter_ns
    types, intrinsic = untyped("numba").types, untyped("numba.extending").intrinsic
    ir = untyped("llvmlite.ir")

    @intrinsic  # type: ignore[untyped-decorator]
    def ticks(_typing: Any) -> Any:  # noqa: ANN401
        def code(_context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:  # noqa: ANN401
            kind = ir.FunctionType(ir.IntType(64), [])
            return builder.call(builder.module.declare_intrinsic("llvm.readcyclecounter", fnty=kind), [])

        return types.int64(), code

    return ticks


ticks = _counter()
"""Return the counter as it stands, in cycles (nanoseconds where compilation is off)."""
