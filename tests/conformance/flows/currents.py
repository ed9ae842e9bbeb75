"""What `current` answers."""

import os

from metaflow import FlowSpec, Parameter, current, environment, get_namespace, step

OUTSIDE = current.is_running_flow


class Currents(FlowSpec):
    alpha = Parameter("alpha", default=1)

    @environment(vars={"COLOUR": "blue", "NUMBER": "7"})
    @step
    def start(self):
        self.fixed = (
            current.flow_name,
            current.step_name,
            current.retry_count,
            current.username,
            current.namespace,
            current.is_running_flow,
            OUTSIDE,
            current.origin_run_id,
        )
        self.tags = sorted(tag for tag in current.tags if ":" not in tag)
        parts = (current.flow_name, current.run_id, current.step_name, current.task_id)
        self.pathspec = current.pathspec == "/".join(map(str, parts))
        self.kinds = [type(part).__name__ for part in parts]
        self.got = [current.get("step_name"), current.get("unknown"), current.get("unknown", 3)]
        self.inside = ["flow_name" in current, "unknown" in current]
        self.variables = (os.environ["COLOUR"], os.environ["NUMBER"])
        self.same_namespace = get_namespace() == current.namespace
        self.next(self.end)

    @step
    def end(self):
        self.variables_after = os.environ.get("COLOUR")


if __name__ == "__main__":
    Currents()
