"""Consistency judges: what clients saw (a History), held against eight models, each with a witness or a conflict.

history.py is what is judged, reading/ makes it of texts and rows, judging.py asks every model, strongest first.
"""
