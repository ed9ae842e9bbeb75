"""Steps, methods, properties and constants of base classes and mixins."""

from helper.mixins import Base, Scoring
from metaflow import step


class Inheritance(Scoring, Base):
    origin = "derived"

    @staticmethod
    def shout(text):
        return text.upper()

    @classmethod
    def called(cls):
        return cls.__name__

    @step
    def middle(self):
        self.scored = [self.score(2), self.doubled, self.shout("x"), self.called(), self.origin]
        self.trace.append("derived middle")
        self.next(self.end)


if __name__ == "__main__":
    Inheritance()
