"""A client of HDFS."""

from simulator.systems.sharded_files.workload import Workload


class HdfsClient(Workload):
    """Asks the name node where, and data nodes for data."""

    def on_think_timeout(self) -> None:
        """Nothing yet."""
