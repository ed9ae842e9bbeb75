"""Parameters of every type, from defaults, options and the environment."""

from metaflow import FlowSpec, IncludeFile, JSONType, Parameter, step


def computed(context):
    return f"{context.flow_name}.{context.parameter_name}"


class Parameters(FlowSpec):
    text = Parameter("text", default="t")
    whole = Parameter("whole", default=3, help="a whole number")
    real = Parameter("real", default=0.5, type=float)
    flag = Parameter("flag", default=False)
    typed = Parameter("typed", type=int)
    words = Parameter("words", default="a,b", separator=",")
    data = Parameter("data", type=JSONType, default='{"k": [1, null]}')
    parsed = Parameter("parsed", type=JSONType, default={"d": 1})
    made = Parameter("made", default=computed)
    renamed = Parameter("other-name", default="r")
    under_score = Parameter("under_score", default="u")
    content = IncludeFile("content", default=None)
    raw = IncludeFile("raw", is_text=False, default=None)

    @step
    def start(self):
        names = ["text", "whole", "real", "flag", "typed", "words", "data", "parsed", "made"]
        names += ["renamed", "under_score", "content", "raw"]
        self.seen = {name: getattr(self, name) for name in names}
        self.next(self.end)

    @step
    def end(self):
        self.again = (self.text, self.data, self.content)


if __name__ == "__main__":
    Parameters()
