"""Leader election (paper, 5.2 and 5.4.1), with pre-vote (dissertation, 9.6)."""

from simulator.engine.action import ActionRefused
from simulator.engine.clock import ns_from_ms
from simulator.engine.words import N_
from simulator.systems.raft import log as logs
from simulator.systems.raft.messages import PreVote, RequestPreVote, RequestVote, Vote

FOLLOWER, CANDIDATE, LEADER = "follower", "candidate", "leader"


class Elections:
    """The part of a Server that becomes candidate and leader."""

    def restart_election_timer(self) -> None:
        """A new timeout, drawn anew each time, so that split votes are rare and soon resolved."""
        least, most = ns_from_ms(self.options.election_timeout_min_ms), ns_from_ms(self.options.election_timeout_max_ms)
        self.set_timer("election", least + self.below(most - least + 1))

    def on_election_timeout(self) -> None:
        """No leader has been heard of for the whole timeout."""
        self.restart_election_timer()
        if not self.members:
            self.report()
        elif not self.may_stand():
            return
        elif self.options.pre_vote:
            self._ask_before_standing()
        else:
            self.stand()

    def do_stand(self) -> None:
        """An election is ordered from outside: what TimeoutNow does in a leadership transfer (dissertation, 3.10)."""
        if not self.may_stand():
            raise ActionRefused("target", N_("{server} is not a server that can stand for election."), server=self.id)
        # Such an election may depose a leader that still counts on its lease, so leases exclude it.
        self.stand(disrupt=self.options.reads.name != "lease")

    def may_stand(self) -> bool:
        """A server that was never in a configuration only listens; so does one that knows it was removed.

        While its removal is not committed it may still be needed (dissertation, 4.2.2).
        """
        removed = self.id not in self.members and self.members_index <= self.commit_index
        if self.standing == LEADER or removed:
            return False
        known = [entry.command.value for entry in self.log if entry.command.f == "configuration"]
        return any(self.id in servers for servers in (self.members, self.snapshot.servers, *known))

    def stand(self, disrupt: bool = False) -> None:
        """Begin an election: increment the term, vote for oneself, ask all others."""
        self.become_follower(self.term + 1)
        self.standing, self.voted_for = CANDIDATE, self.id
        self.votes = (self.id,)
        self.save("term", "voted_for")
        self.note(N_("stands for election in term {term}"), term=self.term)
        term, index = logs.last(self.snapshot, self.log)
        self.broadcast(RequestVote(self.term, index, term, disrupt), self.others())
        self.restart_election_timer()
        self._count_votes()

    def on_request_vote(self, m: RequestVote, src: str) -> None:
        """Grant at most one vote a term, first-come-first-served, and only to a log that is up-to-date."""
        if self.is_led() and not m.disrupt:
            return  # no election while the leader is there: neither a vote nor a new term (section 6)
        before = (self.term, self.voted_for)
        if m.term > self.term:
            self.become_follower(m.term)
        granted = m.term == self.term and self.voted_for in (None, src) and self._is_up_to_date(m)
        if granted:
            self.voted_for = src
            self.restart_election_timer()
        if (self.term, self.voted_for) != before:
            self.save("term", "voted_for")
        if granted:
            self.reach("voted")
        self.send(src, Vote(self.term, granted))

    def _is_up_to_date(self, m) -> bool:
        if self.options.faulty == "votes_for_shorter_logs":
            return True
        return (m.last_log_term, m.last_log_index) >= logs.last(self.snapshot, self.log)

    def on_vote(self, m: Vote, src: str) -> None:
        """Count it, unless it belongs to another term or the election is over."""
        if self.deposed_by(m.term) or self.standing != CANDIDATE or m.term != self.term:
            return
        if m.granted and src not in self.votes:
            self.votes = (*self.votes, src)
            self._count_votes()

    def _count_votes(self) -> None:
        votes = sum(voter in self.members for voter in self.votes)
        if self.options.faulty == "counts_itself_twice":
            votes += 1
        if self.is_majority(votes):
            self._lead()

    def _lead(self) -> None:
        self.standing, self.leader = LEADER, self.id
        self.cancel_timer("election")
        end = logs.last_index(self.snapshot, self.log)
        self._first_of_term = end + 1
        self.next_index = {peer: end + 1 for peer in self.others()}
        self.match_index = {peer: 0 for peer in self.others()}
        self.begin_rounds()
        self.note(N_("is the leader of term {term}"), term=self.term)
        self.reach("elected")
        if self.options.no_op:
            self.append_no_op()
        self.on_heartbeat_timeout()

    # Asking before standing, so that a server that was cut off does not come back with a huge term

    def _ask_before_standing(self) -> None:
        self.leader, self.pre_votes = None, (self.id,)
        term, index = logs.last(self.snapshot, self.log)
        self.broadcast(RequestPreVote(self.term + 1, index, term), self.others())
        self._count_pre_votes()

    def on_request_pre_vote(self, m: RequestPreVote, src: str) -> None:
        """Would this server vote so? Its term and its vote stay what they are."""
        if m.term > self.term and not self.is_led() and self._is_up_to_date(m):
            self.send(src, PreVote(m.term, True))
        else:
            self.send(src, PreVote(self.term, False))

    def on_pre_vote(self, m: PreVote, src: str) -> None:
        """With a majority of them the election begins."""
        if not m.granted:
            self.deposed_by(m.term)
        elif m.term == self.term + 1 and self.pre_votes and src not in self.pre_votes:
            self.pre_votes = (*self.pre_votes, src)
            self._count_pre_votes()

    def _count_pre_votes(self) -> None:
        if self.may_stand() and self.is_majority(sum(voter in self.members for voter in self.pre_votes)):
            self.stand()

    # Who leads

    def become_follower(self, term: int, leader: str | None = None) -> None:
        """Follower in `term`, of `leader` where one is known. Whoever calls saves what must be saved."""
        if self.standing == LEADER:
            self.stop_leading()
            self.restart_election_timer()
        if term > self.term:
            self.term, self.voted_for = term, None
        self.standing, self.votes, self.pre_votes = FOLLOWER, (), ()
        self.leader = leader

    def deposed_by(self, term: int) -> bool:
        """If `term` is newer than one's own, take it over and be a follower in it."""
        if term <= self.term:
            return False
        self.become_follower(term)
        self.save("term", "voted_for")
        return True

    def is_led(self) -> bool:
        """Whether a current leader was heard of within the minimum election timeout; a leader hears of itself by a majority."""
        heard_ns = self._lease_ns if self.standing == LEADER else self._heard_ns
        return heard_ns is not None and self.clock() - heard_ns < ns_from_ms(self.options.election_timeout_min_ms)
