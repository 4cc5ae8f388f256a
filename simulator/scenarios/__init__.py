"""Scenarios: named set-ups as data files, how they are checked, how they are played, and recorded traffic.

Plain Python without Django: the command line, REST, the workers and the tests all come through here.
"""
