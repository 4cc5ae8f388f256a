"""Clients: they draw transactions and submit them, at a rate of their own or one after the other."""

from simulator.engine.actor import Node
from simulator.engine.clock import S, ns_from_ms
from simulator.systems.two_phase_commit.messages import Begin, Part


class Client(Node):
    """Submits transactions: an open client to all coordinators in turn, a closed one to its own.

    What it draws does not depend on how earlier ones fared.
    """

    role = "client"

    def begin(self):
        """Nothing submitted yet."""
        self.submitted = 0
        self.pending = {}

    def on_start(self):
        """An open client waits for the first arrival, a closed one thinks first."""
        self.next_in(self.gap_ns() if self.options.clients.law == "open" else self.thought_ns())

    def on_next_timeout(self):
        """It is time for a transaction."""
        self.submit()
        if self.options.clients.law == "open":
            self.next_in(self.gap_ns())

    def submit(self):
        """Draw a transaction and send it to a coordinator."""
        parts = self.drawn()
        touched = {key: ("w" if key in part.writes else "r") for part in parts for key in (*part.reads, *part.writes)}
        request = self.invoke("transaction", key=" ".join(touched), value="".join(touched.values()))
        coordinators = self.roster["coordinator"]
        turn = self.submitted if self.options.clients.law == "open" else int(self.id.split("-")[1])
        self.submitted += 1
        self.pending = {**self.pending, request: self.clock()}
        self.send(coordinators[turn % len(coordinators)], Begin(request, parts))
        self.set_timer("patience", ns_from_ms(self.options.client_timeout_ms), request)

    def on_outcome(self, m, src):
        """Committed or aborted; a second answer to the same request changes nothing."""
        if m.request in self.pending:
            self.over(m.request, "ok" if m.committed else "fail", "committed" if m.committed else "aborted")

    def on_patience_timeout(self, request):
        """It may have been committed or not: nobody has said."""
        self.over(request, "info", None)

    def over(self, request, outcome, result):
        """The transaction is over, as far as its client is concerned."""
        self.cancel_timer("patience", request)
        self.pending = {one: since for one, since in self.pending.items() if one != request}
        self.complete(request, outcome, result)
        if self.options.clients.law == "closed":
            self.next_in(self.thought_ns())

    # Chance

    def next_in(self, after_ns):
        """Have another transaction begin after a while, if there may be one more."""
        if self.options.transactions is None or self.submitted < self.options.transactions:
            self.set_timer("next", after_ns)

    def gap_ns(self):
        """Time between two arrivals of an open client."""
        mean = S / self.options.clients.rate_per_s
        return round(mean if self.options.clients.spacing == "even" else self.exponential(mean))

    def thought_ns(self):
        """Time between an outcome and the next transaction of a closed client."""
        return round(self.exponential(ns_from_ms(self.options.clients.think_ms)))

    def drawn(self):
        """Some participants, in their order, and at each some of its keys, in their order."""
        there = self.roster["participant"]
        chosen = self.some(len(there), self.options.participants_per_transaction)
        return tuple(self.part(there[number], number) for number in chosen)

    def part(self, participant, number):
        """What the transaction wants of one participant."""
        keys = tuple(f"k{number}.{key}" for key in self.some(self.options.keys, self.options.keys_per_participant))
        reads = self.uniform() < self.options.read_share
        veto = self.uniform() < self.options.no_share
        return Part(participant, keys if reads else (), () if reads else keys, veto)

    def some(self, among, wanted):
        """`wanted` different numbers below `among`, in ascending order."""
        left = list(range(among))
        return sorted(left.pop(self.below(len(left))) for _ in range(min(among, wanted)))
