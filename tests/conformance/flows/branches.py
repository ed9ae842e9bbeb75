"""A split, its branches' values in the join, and every way to merge them."""

from metaflow import FlowSpec, step


class Branches(FlowSpec):
    @step
    def start(self):
        self.common = {"k": [1]}
        self.number = 1
        self.next(self.a, self.b, self.c)

    @step
    def a(self):
        self.label = "a"
        self.only_a = 1
        self.same = [1, 2]
        self.number = 2
        self.next(self.join)

    @step
    def b(self):
        self.label = "b"
        self.only_b = 2
        self.same = [1, 2]
        self.next(self.join)

    @step
    def c(self):
        self.label = "c"
        self.same = [1, 2]
        self.next(self.join)

    @step
    def join(self, inputs):
        self.in_order = [one.label for one in inputs]
        self.names = sorted(self.in_order)
        self.by_name = (inputs.a.label, inputs.b.only_b)
        self.by_index = (inputs[0].label == self.in_order[0], len(list(inputs)))
        self.before = [hasattr(self, "common"), hasattr(self, "label")]
        self.lacks = [hasattr(inputs.b, "only_a"), getattr(inputs.b, "only_a", "no")]
        problems = {}

        def attempt(label, **options):
            try:
                self.merge_artifacts(inputs, **options)
            except Exception as error:
                problems[label] = (
                    type(error).__name__,
                    sorted(set(getattr(error, "artifact_names", ()))),
                )

        attempt("conflict")
        attempt("both", include=["same"], exclude=["label"])
        attempt("missing", include=["nowhere"])
        attempt("include conflict", include=["label"])
        attempt("partly", include=["only_a", "nowhere"])
        attempt("excluded one", exclude=["label"])
        self.problems = problems
        self.after_failure = [hasattr(self, "same"), hasattr(self, "only_a")]
        self.merge_artifacts(inputs, include=["same"])
        self.included = [hasattr(self, "same"), hasattr(self, "only_a"), hasattr(self, "common")]
        self.number = sum(one.number for one in inputs)
        self.merge_artifacts(inputs, exclude=["label"])
        self.next(self.end)

    @step
    def end(self):
        self.end_has = [
            hasattr(self, name)
            for name in ("label", "same", "only_a", "only_b", "common", "number")
        ]
        try:
            self.merge_artifacts([])
        except Exception as error:
            self.outside = type(error).__name__


if __name__ == "__main__":
    Branches()
