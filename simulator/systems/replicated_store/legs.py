"""The quorums and legs by which theory says how stale reads are."""

from simulator.parts.legs import Quorums


def quorums(config) -> Quorums | None:
    """Of Dynamo where all owners are asked, the last write wins, and messages arrive once; None of any other design."""
    design, network = config.replication, config.network
    if design.name != "dynamo" or design.fan_out != "all" or design.conflicts != "lww" or network.loss or config.faulty != "none":
        return None
    legs = [getattr(network, leg) or network.delay for leg in ("write", "acknowledgement", "read", "response")]
    return Quorums(design.n, design.r, design.w, *legs)
