"""What is said to a person: sentences that can be told in another language, and the user's slips."""

from collections.abc import Callable


class Phrase(str):
    """A sentence made of a template and values. As a str it is English.

    `template` is a text marked with N_; `values` may hold Phrases themselves.
    """

    template: str
    values: dict

    def __new__(cls, template: str, **values):
        """`template` with {name} replaced by values[name]."""
        phrase = super().__new__(cls, template.format(**values) if values else template)
        phrase.template, phrase.values = template, values
        return phrase

    def say(self, translate: Callable[[str], str]) -> str:
        """The sentence in the language of `translate` (gettext, say)."""
        values = {name: _said(value, translate) for name, value in self.values.items()}
        return translate(self.template).format(**values) if values else translate(self.template)

    def __reduce__(self):
        """Copies and pickles keep template and values."""
        return _phrase, (self.template, self.values)


class Mistake(ValueError):
    """The user's slip: `field` is the dotted path of what is wrong, `sentence` says what would be right.

    `status` is the HTTP status that fits (400; 413 for what is too large).
    """

    def __init__(self, field: str, sentence: str, status: int = 400):
        self.field = field
        self.sentence = sentence if isinstance(sentence, Phrase) else Phrase(sentence)
        self.status = status
        super().__init__(self.sentence)

    def say(self, translate: Callable[[str], str]) -> str:
        """The sentence in the language of `translate`."""
        return self.sentence.say(translate)

    def __reduce__(self):
        """Copies and pickles keep field and status."""
        return Mistake, (self.field, self.sentence, self.status)


def _said(value, translate):
    return value.say(translate) if isinstance(value, Phrase) else value


def _phrase(template: str, values: dict) -> Phrase:
    return Phrase(template, **values)
