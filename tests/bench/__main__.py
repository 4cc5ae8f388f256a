"""`python -m tests.bench [name ...]`: runs the benches of this folder, or the named ones, one after the other."""

import sys
from importlib import import_module
from pkgutil import iter_modules

import tests.bench


def main(names: list[str]) -> int:
    """Run every module here that has a `main()`; 1 where a name is not one of them."""
    found = [module.name for module in iter_modules(tests.bench.__path__) if not module.name.startswith("_")]
    unknown = [name for name in names if name not in found]
    if unknown:
        print(f"There is no bench {', '.join(unknown)}; there are: {', '.join(found)}.")
        return 1
    for name in names or found:
        module = import_module(f"tests.bench.{name}")
        if hasattr(module, "main"):
            print(f"\n{name}: {module.__doc__.splitlines()[0]}", flush=True)
            module.main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
