"""Transcripts: text files that say what was done to a running system, and what happened then.

They lie in tests/systems/transcripts/<system>/<story>.txt; tests/systems/test_transcripts.py replays each and
compares. Write the lines of commands, then `pytest tests/systems/test_transcripts.py --record-transcripts`
fills in, or writes anew, what happened: read what it wrote before you commit it.

A line that begins with four spaces says what happened, and is generated. Every other line is a command, empty,
or a comment (`# ...`); these stay as they are. Set-up first, in any order:

    system paxos                            (left out: the folder's name)
    seed 7                                  (left out: 1)
    duration 20s                            (left out: 60s; nothing can happen later)
    config acceptors=3 network.delay.law=constant   (dotted names; values as JSON, else taken as text; may come often)
    config {"stagger_ms": 0}                (or a JSON object; later ones override earlier ones, field by field)

Then commands, each followed by what happened, oldest first:

    advance 10ms                            (also us, s; `advance to 1.5s` is absolute)
    step                                    (to the instant of the next event; `step 3`: three such instants)
    until proposer-0 got Promise            (instant by instant, until a line of what happened holds this text)
    crash acceptor-0                        (any Action: kind, target, params as name=value)
    propose proposer-0 value=x
    cut proposer-0->acceptor-1
    partition groups=acceptor-0|acceptor-1,acceptor-2
    heal
    deliver 12                              (a message in flight by its number, as `show messages` gives it,)
    drop Accept proposer-0->acceptor-1      (or the oldest in flight of a kind on a link)
    show acceptor-1                         (its state, fields, disk)
    show messages                           (in flight; also `show timers`, `show operations`, `show properties`)
    quiet advance 2s                        (`quiet` before a command: only notes, health and breaches are written down)

What happened, a line for each event that a node handled and one below for each field that it changed:

        0.004 s  acceptor-0 got Prepare(ballot=1) from proposer-0
            promised = 1
        0.005 s  proposer-0: timer retry
        0.005 s  Prepare(ballot=1) from proposer-0 to acceptor-2: lost
        0.006 s  proposer-0 says: a quorum promised
        0.007 s  BROKEN at most one value is chosen: ...
    refused: acceptor-0 is down already.
"""
