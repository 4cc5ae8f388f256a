"""Scenario documents, playing them, and recorded traffic."""
