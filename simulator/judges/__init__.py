"""Judges: code that looks at a Trace, a History or a set of numbers and gives a verdict."""
