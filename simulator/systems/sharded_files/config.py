"""The options of a distributed file system, each default with its source: what all designs share, and the design."""

from typing import Annotated, Literal, Union

from pydantic import Field, model_validator

from simulator.engine.words import N_
from simulator.parts.options import CHOSEN, ActorConfig, Option, quantity
from simulator.systems.sharded_files.designs import design_of, designs, mapped

SHVACHKO = "K. Shvachko, H. Kuang, S. Radia, R. Chansler, The Hadoop Distributed File System, IEEE MSST 2010"


class ConstantSize(Option, title=N_("Constant")):
    __doc__ = N_("All files have the same size.")

    law: Literal["constant"] = "constant"
    mb: float = quantity(200.0, N_("Size"), "MB", ge=0.001, le=1_000_000)


class ExponentialSize(Option, title=N_("Exponential")):
    __doc__ = N_("Many small files, few large ones.")

    law: Literal["exponential"] = "exponential"
    mean_mb: float = quantity(200.0, N_("Mean"), "MB", ge=0.001, le=1_000_000)


class ParetoSize(Option, title=N_("Pareto, bounded")):
    __doc__ = N_("Most files are small, most bytes are in large ones: as in real file systems.")

    law: Literal["pareto"] = "pareto"
    least_mb: float = quantity(16.0, N_("Smallest"), "MB", ge=0.001, le=1_000_000)
    most_mb: float = quantity(2048.0, N_("Largest"), "MB", ge=0.001, le=1_000_000)
    alpha: float = quantity(1.1, N_("Exponent"), ge=0.1, le=10, about=N_("The smaller, the heavier the tail."))

    @model_validator(mode="after")
    def _largest_is_larger(self):
        if self.most_mb < self.least_mb:
            raise ValueError(N_("The largest must not be below the smallest."))
        return self


FileSize = Annotated[Union[ConstantSize, ExponentialSize, ParetoSize], Field(discriminator="law")]
Chosen = Annotated[Union[tuple(one.options for one in designs().values())], Field(discriminator="name")]


class Mix(Option, title=N_("What clients do")):
    __doc__ = N_("In which proportion clients do what; the numbers need not add up to 1.")

    create: float = quantity(0.1, N_("Create"), ge=0, le=1000, about=N_("A new file is written."))
    write: float = quantity(0.1, N_("Write"), ge=0, le=1000, about=N_("A file that is there is written anew."))
    append: float = quantity(0.1, N_("Append"), ge=0, le=1000, about=N_("Something is added to the end of a file."))
    read: float = quantity(0.6, N_("Read"), ge=0, le=1000, about=N_("A file is read from its beginning to its end."))
    delete: float = quantity(0.1, N_("Delete"), ge=0, le=1000, about=N_("Of the files that the client itself has made."))


class Config(ActorConfig, title=N_("Distributed file system")):
    __doc__ = N_("Files in pieces on many nodes in racks, each piece several times, and the clients that use them.")

    design: Chosen = Field(next(iter(designs().values())).options(), title=N_("Design"), json_schema_extra={"unit": "", "source": CHOSEN},
                           description=N_("How files are cut up, who decides where the pieces are, and who brings them back."))
    racks: int = quantity(3, N_("Racks"), ge=1, le=1000)
    nodes_per_rack: int = quantity(4, N_("Nodes in a rack"), ge=1, le=1000)
    capacity_gb: float = quantity(20.0, N_("Capacity of a node"), "GB", ge=0.001, le=1_000_000)
    files: int = quantity(12, N_("Files at the beginning"), ge=0, le=10_000_000, about=N_("They are in place when the run begins."))
    size: FileSize = Field(ExponentialSize(), title=N_("Size of a file"), json_schema_extra={"unit": "", "source": CHOSEN},
                           description=N_("Of files at the beginning and of those that clients write."))
    append_mb: float = quantity(32.0, N_("Appended at a time"), "MB", ge=0.001, le=1_000_000)
    clients: int = quantity(3, N_("Clients"), ge=0, le=500)
    think_ms: float | None = quantity(1000.0, N_("Mean time between operations"), "ms", ge=0.01, le=86_400_000, about=N_(
        "How long a client waits after an operation before the next one: exponential. Empty: clients do only what Actions tell them."))
    mix: Mix = Field(Mix(), title=N_("What clients do"), json_schema_extra={"unit": "", "source": CHOSEN},
                     description=N_("In which proportion clients do what; the numbers need not add up to 1."))
    client_timeout_ms: float = quantity(60_000.0, N_("Clients give up after"), "ms", ge=1, le=86_400_000, source=(
        "hdfs-default.xml, dfs.client.socket-timeout: 60 s"), about=N_("How long a client waits for any one answer."))
    network_mb_s: float = quantity(125.0, N_("Bandwidth of a node's network"), "MB/s", ge=0.001, le=1_000_000, about=N_(
        "For what files hold, each way; requests are counted as messages."), source=N_("Ethernet of 1 Gbit/s"))
    disk_mb_s: float = quantity(100.0, N_("Bandwidth of a node's disk"), "MB/s", ge=0.001, le=1_000_000)
    faulty: Literal["none", *mapped("twins")] = quantity(
        "none", N_("Bug to find"), about=N_("One rule of the design that is left out; each is one of some designs."))

    @model_validator(mode="after")
    def _options_go_together(self):
        design_of(self).check(self)
        return self
