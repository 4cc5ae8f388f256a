"""Log replication (paper, 5.3), the commit rule (5.4.2), and the rounds of heartbeats that prove who leads."""

from simulator.engine.clock import ns_from_ms
from simulator.engine.words import N_
from simulator.systems.raft import log as logs
from simulator.systems.raft.election import LEADER
from simulator.systems.raft.messages import NO_OP, AppendEntries, AppendEntriesReply, Command, InstallSnapshot

ROUNDS_KEPT = 64
"""Rounds without an answer of which the leader remembers when they began."""


class Replication:
    """The part of a Server that makes the logs alike."""

    # The leader

    def append(self, command: Command) -> None:
        """A leader's new entry: into its own log first, then to the others."""
        self._append(command)
        self.reach("appended")
        for peer in self.followers():
            if peer not in self._asked:
                self.replicate(peer)
        self.advance_commit()

    def append_no_op(self) -> None:
        """An entry of the new term, with which the leader learns what is committed (section 8)."""
        self._append(NO_OP)

    def _append(self, command: Command) -> None:
        end = logs.last_index(self.snapshot, self.log)
        self.log = logs.extended(self.log, self.term, end + 1, command)
        self.save("log")

    def on_heartbeat_timeout(self) -> None:
        """Tell all followers, even where there is nothing new, so that none stands for election."""
        if self._has_lost_its_majority():
            self.note(N_("steps down: no majority has answered for a whole election timeout"))
            self.become_follower(self.term)
            return
        self.begin_round()
        self.set_timer("heartbeat", ns_from_ms(self.options.heartbeat_ms))

    def begin_round(self) -> None:
        """A round of heartbeats; that a majority answers it proves that nobody else led when it began."""
        self._round += 1
        recent = {number: at for number, at in self._began.items() if number > self._round - ROUNDS_KEPT}
        self._began = {**recent, self._round: self.clock()}
        for peer in self.followers():
            self.replicate(peer)

    def begin_rounds(self) -> None:
        """A new leader has heard of nobody yet."""
        self._round, self._began, self._answered, self._asked, self._proved = 0, {}, {}, (), 0
        self._lease_ns, self._led_since_ns = None, self.clock()

    def stop_leading(self) -> None:
        """What only leaders have is gone; who waits for it will ask again."""
        self.cancel_timer("heartbeat")
        self.next_index, self.match_index, self.reads, self._lease_ns = {}, {}, (), None
        self.forget_change()

    def _has_lost_its_majority(self) -> bool:
        since_ns = self._led_since_ns if self._lease_ns is None else self._lease_ns
        return self.options.check_quorum and self.clock() - since_ns > ns_from_ms(self.options.election_timeout_max_ms)

    def replicate(self, peer: str) -> None:
        """Send what `peer` lacks: entries, none (a heartbeat), or the snapshot where the entries are gone."""
        asked_again = peer in self._asked
        self._asked = self._asked if asked_again else (*self._asked, peer)
        before = self.next_index[peer] - 1
        term = logs.term_at(self.snapshot, self.log, before)
        if term is None:
            if not asked_again:
                self.note(N_("sends its snapshot up to entry {index} to {peer}"), index=self.snapshot.last_index, peer=peer)
            return self.send(peer, InstallSnapshot(self.term, self.snapshot, self._round))
        entries = logs.following(self.snapshot, self.log, before, self.options.entries_per_message)
        self.send(peer, AppendEntries(self.term, before, term, entries, self.commit_index, self._round))

    def on_append_entries_reply(self, m: AppendEntriesReply, src: str) -> None:
        """A follower has the entries, or says where its log differs."""
        if self.deposed_by(m.term) or self.standing != LEADER or m.term != self.term or src not in self.next_index:
            return
        if m.success:
            return self.matched(src, m.index, m.round)
        self.answered(src, m.round)
        if m.index == self.next_index[src] - 1:  # else it is about something that was settled since
            wanted = logs.next_after(self.snapshot, self.log, m.conflict_term, m.conflict_index)
            self.next_index = {**self.next_index, src: max(self.match_index[src] + 1, min(wanted, m.index))}
            self.replicate(src)

    def matched(self, peer: str, index: int, round: int) -> None:
        """The log of `peer` is the same as this leader's up to `index`."""
        if index > self.match_index[peer]:
            self.match_index = {**self.match_index, peer: index}
        if self.next_index[peer] <= self.match_index[peer]:
            self.next_index = {**self.next_index, peer: self.match_index[peer] + 1}
        self._asked = tuple(other for other in self._asked if other != peer)
        self.answered(peer, round)
        self.advance_commit()
        if self.standing == LEADER and peer in self.next_index:
            self.caught_up(peer)
            if peer not in self._asked and self.next_index[peer] <= logs.last_index(self.snapshot, self.log):
                self.replicate(peer)

    def answered(self, peer: str, round: int) -> None:
        """`peer` has taken this leader for the leader in `round`."""
        self._answered = {**self._answered, peer: max(round, self._answered.get(peer, 0))}
        proved = self._by_majority({**self._answered, self.id: self._round})
        if proved in self._began:
            self._lease_ns = self._began[proved]
            self._began = {number: at for number, at in self._began.items() if number > proved}
        self.answer_reads(proved)

    def advance_commit(self) -> None:
        """Commit what a majority has, if it is of the current term: then all before it is committed too (5.4.2)."""
        index = self._by_majority({**self.match_index, self.id: logs.last_index(self.snapshot, self.log)})
        if index <= self.commit_index:
            return
        of_this_term = logs.term_at(self.snapshot, self.log, index) == self.term
        if of_this_term or self.options.faulty == "commits_entries_of_old_terms":
            self.commit_to(index)
            self.answer_reads(self._proved)
            self.membership_settled()

    def _by_majority(self, numbers: dict) -> int:
        """The largest number that a majority of the configuration has reached."""
        reached = sorted((numbers.get(member, 0) for member in self.members), reverse=True)
        return reached[len(reached) // 2] if reached else 0

    # The follower

    def on_append_entries(self, m: AppendEntries, src: str) -> None:
        """Take the entries, if the log is the same as the leader's up to where they begin (5.3)."""
        if not self.heard_from(m.term, src):
            return self.send(src, AppendEntriesReply(self.term, False, m.prev_log_index, None, m.prev_log_index + 1, m.round))
        if self._differs(m):
            term, index = logs.hint(self.snapshot, self.log, m.prev_log_index)
            return self.send(src, AppendEntriesReply(self.term, False, m.prev_log_index, term, index, m.round))
        self._take(m.entries)
        last_new = m.prev_log_index + len(m.entries)
        self.commit_to(min(m.leader_commit, last_new))
        self.send(src, AppendEntriesReply(self.term, True, last_new, None, 0, m.round))

    def heard_from(self, term: int, leader: str) -> bool:
        """Follow the leader of `term`, unless that term is over."""
        if term < self.term:
            return False
        newer = term > self.term
        self.become_follower(term, leader)
        if newer:
            self.save("term", "voted_for")
        self._heard_ns = self.clock()
        self.restart_election_timer()
        return True

    def _differs(self, m: AppendEntries) -> bool:
        if m.prev_log_index < self.snapshot.last_index:
            return False  # what the snapshot holds is committed, so it is the leader's too
        if self.options.faulty == "takes_entries_without_checking":
            return m.prev_log_index > logs.last_index(self.snapshot, self.log)
        return logs.term_at(self.snapshot, self.log, m.prev_log_index) != m.prev_log_term

    def _take(self, entries: tuple) -> None:
        merged, removed = logs.merged(self.snapshot, self.log, entries)
        if merged is self.log:
            return
        if removed:
            self.note(N_("removes {count} entries that the leader does not have"), count=removed)
        self.log = merged
        self.members, self.members_index = self.latest_servers()
        self.save("log")
