"""REST under /api/: every answer is JSON, every error one sentence."""
