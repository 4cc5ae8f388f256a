"""Packed rows: one for everything that can be the cause of something else.

An event's number is the place of its row in the run: a message (its event is its delivery), a timer
(its going off), a start, an Action.
"""

from struct import Struct

ROW = Struct("<qqiHHHBB")
"""sent_ns, at_ns (it happens, or would have), cause (a row's number, or -1), src, dst, kind, fate, what."""
SIZE = ROW.size
AT = 8
KIND = 24  # its low byte: a system has at most 256 messages and 256 timers
FATE = 26
WHAT = 27
pack = ROW.pack
pack_head = Struct("<qqi").pack
pack_tail = Struct("<HHHBB").pack

MESSAGE, TIMER, START, ACTION, ENGINE = range(5)
"""What a row is."""

IN_FLIGHT, DELIVERED, LOST, CUT, DOWN, DROPPED, WAITING, CANCELLED = range(8)
"""A row's fate. Of a timer: pending, went off, -, -, died with its node, -, waiting, cancelled."""

FATES = ("in flight", "delivered", "lost", "cut", "down", "dropped", "waiting", "cancelled")
OUTSIDE = 65535
"""src or dst of what comes from outside."""
DTYPE = [("sent_ns", "<i8"), ("at_ns", "<i8"), ("cause", "<i4"), ("src", "<u2"), ("dst", "<u2"), ("kind", "<u2"), ("fate", "u1"), ("what", "u1")]
"""The same as numpy reads it."""
