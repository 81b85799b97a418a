"""Campaign kernels that do not count who holds an array, and that are part of the one that calls them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


def in_place(kernel: Function) -> Function:
    """Let a compiled kernel, and those that it calls, work in the arrays that it is given without counting holders.

    Compiled code counts who holds an array with every view of it (``state.elements``, ``target[first:last]``), an
    atomic operation on memory; in a campaign, whose orders mean little work each, that took half of the time. A
    kernel that neither makes nor returns arrays need not count, because its caller holds them all. One that does
    make an array is refused when it is compiled ("NRT required but not enabled").

    Parameters
    ----------
    kernel
        From `staffride.engine.compile.compiled`; not yet called.
    """
    return _with(kernel, "_nrt", False)


def inlined(kernel: Function) -> Function:
    """Let a compiled kernel that has one caller be a part of it, so that its many arrays need not be handed over.

    An array is seven numbers to hand over, which costs as much as the work on an order. What the kernel calls becomes
    a part of it too; for a kernel with one caller that makes nothing longer to compile.

    Parameters
    ----------
    kernel
        From `staffride.engine.compile.compiled`; not yet called.
    """
    return _with(kernel, "forceinline", True)


def _with(kernel: Function, option: str, value: bool) -> Function:
    """Set an option of a kernel, which is plain Python where compilation is off."""
    if hasattr(kernel, "set_option"):
        kernel.set_option(option, value)
    return kernel
