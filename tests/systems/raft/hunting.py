"""Where nemesis seeds are hunted: rough Configs for the right protocol, and for each bad twin one in which it shows."""

RIGHT = [
    {"nemesis": {"rate_per_s": 4, "faults": ["crash", "crash_at", "pause", "isolate", "partition", "cut", "slow", "slow_disk", "skew", "drift",
                                             "delay_link", "lose", "duplicate_link"]}},
    {"nemesis": {"rate_per_s": 6, "faults": ["crash", "crash_at", "partition", "cut", "pause"], "spare": "nobody", "mean_duration_ms": 300},
     "change_every_s": 0.5, "snapshot_after": 8, "servers": 5, "clients": 3, "think_ms": 40, "pre_vote": True,
     "network": {"loss": 0.05, "duplicate": 0.05, "reorder": 0.1, "reorder_ms": 60}, "disk": {"fsync_ms": 3}},
    {"nemesis": {"rate_per_s": 8, "faults": ["crash", "crash_at", "isolate", "partition"], "spare": "nobody", "mean_duration_ms": 300},
     "servers": 3, "clients": 4, "think_ms": 20, "entries_per_message": 1, "no_op": False, "reads": {"name": "log"}, "network": {"loss": 0.2}},
    {"nemesis": {"rate_per_s": 3, "faults": ["crash", "crash_at", "isolate", "partition", "cut", "pause"], "mean_duration_ms": 800},
     "clocks": {"drift_ppm": 45_000}, "reads": {"name": "lease"}, "clients": 4, "keys": 1, "write_share": 0.2, "think_ms": 20, "check_quorum": False},
]
"""Each leaves out what its kind of reading cannot bear: leases count on clocks that do not jump."""

MEMBERSHIP = {"change_every_s": 0.06, "write_share": 0.9, "think_ms": 30}

TWINS = {
    "vote_is_not_persisted": {
        "network": {"delay": {"law": "uniform", "minimum_ms": 5, "maximum_ms": 40}},
        "nemesis": {"rate_per_s": 15, "faults": ["crash", "crash_at"], "mean_duration_ms": 30, "spare": "nobody"}},
    "votes_for_shorter_logs": RIGHT[0],
    "counts_itself_twice": RIGHT[0],
    "commits_entries_of_old_terms": RIGHT[2],
    "takes_entries_without_checking": {
        "servers": 3, "network": {"loss": 0.1, "delay": {"law": "uniform", "minimum_ms": 1, "maximum_ms": 20}},
        "nemesis": {"rate_per_s": 6, "mean_duration_ms": 300}},
    "reads_without_asking": {
        "clients": 4, "write_share": 0.2, "keys": 1, "think_ms": 50, "nemesis": {"rate_per_s": 2, "faults": ["partition"], "mean_duration_ms": 1500}},
    "lease_is_too_long": {
        "clients": 6, "write_share": 0.1, "keys": 1, "think_ms": 20, "heartbeat_ms": 20,
        "nemesis": {"rate_per_s": 2, "faults": ["partition"], "mean_duration_ms": 1500}},
    "forgets_sessions": {
        "keys": 1, "clients": 4, "think_ms": 20, "write_share": 0.9, "network": {"loss": 0.1}, "nemesis": {"rate_per_s": 6, "mean_duration_ms": 300}},
    "changes_two_servers_at_once": MEMBERSHIP | {
        "nemesis": {"rate_per_s": 6, "faults": ["partition", "isolate"], "mean_duration_ms": 400, "spare": "nobody"}},
}
