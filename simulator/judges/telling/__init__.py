"""A run as other tools read it: ShiViz, Perfetto, and what reads Jepsen's histories."""
