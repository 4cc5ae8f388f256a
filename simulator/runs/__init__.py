"""Runs in the database and in worker processes. `service` is the only door for the floor above."""

from simulator.scenarios.mistake import Mistake, Phrase


class Forbidden(Exception):
    """The person may not do this; the text is one sentence for them."""

    def __init__(self, sentence: str):
        super().__init__(sentence)
        self.sentence = sentence if isinstance(sentence, Phrase) else Phrase(sentence)


__all__ = ["Forbidden", "Mistake", "Phrase"]
