"""The simulation engine: time, chance, Actions, the Trace and the contract every kernel keeps.

Plain Python, standard library only. Nothing here reads a wall clock or a file.
"""

ENGINE_VERSION = "4"
"""Part of every digest. Bump it in the commit that changes what any built-in scenario computes."""
