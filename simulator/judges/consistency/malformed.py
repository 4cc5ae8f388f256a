"""A history that cannot be read: one sentence with the line."""


class Malformed(ValueError):
    """template: a sentence marked with N_, whose values include `line` (from 1)."""

    def __init__(self, template: str, **values):
        self.template, self.values = template, values
        super().__init__(template.format(**values))
