"""What all designs share about racks and files: which node is in which rack, and how large files are."""

from simulator.engine.chance import Stream, exp, key, log, uniform

SEEN_AT_MOST = 2000
"""Replicas of a whole cluster up to which every node shows the numbers of those that it has."""


def number(id: str) -> int:
    """ "data_node-17" -> 17."""
    return int(id.rpartition("-")[2])


def rack_of(nth: int, config) -> int:
    """The rack of storage node `nth`; nodes that join later go to the racks in turn."""
    first = config.racks * config.nodes_per_rack
    return nth // config.nodes_per_rack if nth < first else (nth - first) % config.racks


def home(client: int, config) -> int:
    """The storage node on which client number `client` runs: they are spread evenly."""
    return client * config.racks * config.nodes_per_rack // max(1, config.clients)


def distance(node: int, other: int, config) -> int:
    """0: the same node, 2: the same rack, 4: another rack; as HDFS counts."""
    return 0 if node == other else 2 if rack_of(node, config) == rack_of(other, config) else 4


def drawn_mb(law, u: float) -> float:
    """The size that belongs to a uniform draw in (0, 1), in MB with three decimals, never 0."""
    if law.law == "constant":
        return law.mb
    if law.law == "exponential":
        return max(0.001, round(-law.mean_mb * log(1 - u), 3))
    ratio = exp(law.alpha * log(law.least_mb / law.most_mb))
    return max(0.001, round(law.least_mb * exp(-log(1 - u * (1 - ratio)) / law.alpha), 3))


def first_sizes(config, seed: int) -> list[float]:
    """The sizes of the files that are there at the beginning, f0, f1, ..., in MB."""
    stream = key(seed, "files/size")
    return [drawn_mb(config.size, uniform(stream, nth)) for nth in range(config.files)]


def pieces(mb: float, most_mb: float) -> list[float]:
    """A file cut into pieces: all but the last one full."""
    full = int(mb / most_mb)
    rest = round(mb - full * most_mb, 3)
    return [most_mb] * full + ([rest] if rest > 0 else [])


def placement(seed: int) -> Stream:
    """The chance by which the first files were placed."""
    return Stream(seed, "files/placement")
