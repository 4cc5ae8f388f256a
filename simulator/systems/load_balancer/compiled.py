"""The kernel and the strategies as machine code: compiled once, found on disk by later processes.

Strategies are first-class functions of a fixed signature, so the kernel is compiled once for all
of them. Numba notices when the file of a compiled function changes, but not the files it calls:
here the code of all of them is a part of the cache's key.
"""

from functools import cache
from hashlib import sha256
from importlib import import_module
from types import CodeType, FunctionType, ModuleType, SimpleNamespace

import numpy as np
from numba import njit, types, typeof
from numba.core.caching import FunctionCache
from numba.extending import register_jitable

from simulator.engine import chance
from simulator.parts import rendezvous
from simulator.systems.load_balancer import (
    actions, admission, attempts, balancing, caching, dice, distinct, ends, finding, fronts, hashing, kernel, laws, layout, legs, order,
    queues, rate_curve, resilience, sending, servers, standing, strategies, tally, timers, truth, upstream, work, zones,
)

I1, F1 = types.int64[::1], types.float64[::1]
I2 = types.int64[:, ::1]
F2 = types.float64[:, ::1]
F3 = types.float64[:, :, ::1]
WHOLE = types.int64
PICK = WHOLE(WHOLE, WHOLE, WHOLE, I1, WHOLE, I1, F1, F2, I1, F2, F1, F1, types.uint64)
OBSERVE = types.void(WHOLE, WHOLE, WHOLE, WHOLE, I1, F2, F2, F1, F1)
SERVED = types.void(WHOLE, WHOLE, WHOLE, WHOLE, WHOLE, F2, F3, F1, types.uint64)


def compiled_run(state: layout.State):
    """kernel.run for arrays of the kinds in `state`, and no others, taking any strategy's functions."""
    kinds = tuple((array.dtype, array.ndim, array.flags.num) for array in state)
    if kinds not in _runs:  # Numba needs two milliseconds to say what kinds they are
        _runs[kinds] = _typed_run(state)
    return _runs[kinds]


_runs: dict[tuple, object] = {}


def _typed_run(state: layout.State):
    signature = WHOLE(types.FunctionType(PICK), types.FunctionType(OBSERVE), types.FunctionType(SERVED), I1, I2, I1, WHOLE,
                      typeof(state))
    return _compiled(kernel.run, signature).get_compile_result(signature).entry_point


def compiled_note_condition(state: layout.State):
    """truth.note_condition for such arrays."""
    signature = types.void(typeof(state), WHOLE, WHOLE, WHOLE)
    return _compiled(truth.note_condition.py_func, signature).get_compile_result(signature).entry_point


def compiled_strategy(strategy) -> tuple:
    """(pick, observe, served) of a Strategy."""
    _make_helpers_known(strategy.pick.__module__)
    return tuple(_with_known_addresses(_compiled(function, signature), signature)
                 for function, signature in ((strategy.pick, PICK), (strategy.observe, OBSERVE), (strategy.served, SERVED)))


@cache
def _make_helpers_known(module: str) -> None:
    """The plain functions of a strategy's file may be called by its compiled ones."""
    for helper in list(vars(import_module(module)).values()):
        if isinstance(helper, FunctionType) and helper.__module__ == module:
            register_jitable(**legs.INNER)(helper)


@cache
def _compiled(function, signature):
    machine = njit(**legs.OPTIONS)(function)
    machine._cache = _Cache(function)
    machine.compile(signature)
    machine.disable_compile()
    return machine


@cache
def _with_known_addresses(machine, signature):
    """The same machine code; Numba looks for its addresses at every call of the kernel, 130 microseconds each time."""
    result = machine.get_compile_result(signature)
    names = (result.fndesc.llvm_cfunc_wrapper_name, result.fndesc.llvm_func_name)
    addresses = {name: result.library.get_pointer_to_function(name) for name in names}
    library = SimpleNamespace(get_pointer_to_function=addresses.__getitem__)
    known = SimpleNamespace(fndesc=result.fndesc, library=library)
    machine.get_compile_result = lambda _signature: known
    machine.__wrapper_address__ = lambda: addresses[names[0]]
    return machine


class _Cache(FunctionCache):
    """Numba's own cache on disk, with the code of what a function calls in its key."""

    def _index_key(self, signature, codegen):
        whole = self._py_func.__module__.rpartition(".")[0] == layout.__name__.rpartition(".")[0]
        return *super()._index_key(signature, codegen), _fingerprint(KERNEL if whole else CALLED_BY_STRATEGIES)


CALLED_BY_STRATEGIES = (chance, dice, distinct, hashing, rendezvous, strategies)
KERNEL = (*CALLED_BY_STRATEGIES, actions, admission, attempts, balancing, caching, ends, finding, fronts, kernel, laws, layout, legs,
          order, queues, rate_curve, resilience, sending, servers, standing, tally, timers, truth, upstream, work, zones)


@cache
def _fingerprint(modules: tuple[ModuleType, ...]) -> str:
    contents = [_contents(module) for module in modules]
    return sha256(repr([contents, layout.OUTCOMES, legs.OPTIONS]).encode()).hexdigest()


def _contents(module: ModuleType) -> list:
    """Constants and functions of a module, spelled alike in every process."""
    values = {name: getattr(value, "py_func", value) for name, value in sorted(vars(module).items()) if name[:2] != "__"}
    constants = [(name, repr(value)) for name, value in values.items() if isinstance(value, (int, float, str, tuple, np.generic))]
    return constants + [(name, _code(value.__code__)) for name, value in values.items() if isinstance(value, FunctionType)]


def _code(code: CodeType) -> list:
    parts = [_code(part) if isinstance(part, CodeType) else repr(part) for part in code.co_consts]
    return [code.co_code, code.co_names, code.co_varnames, parts]
