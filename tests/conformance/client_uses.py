"""The client as Metaflow's users write it: each line is evaluated under both engines.

`python client_uses.py ENGINE`, in a project where `Foreach` ran with `--tag t1 --tag t2`.
What a line gives is printed as JSON; ids and times are left out of the lines.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

from canonical import canonical

LINES = """
Flow("Foreach").id
len(list(Flow("Foreach")))
len(list(Flow("Foreach").runs("t1"))), len(list(Flow("Foreach").runs("none")))
len(list(Flow("Foreach").runs("t1", "t2"))), len(list(Flow("Foreach").runs("t1", "none")))
Flow("Foreach").latest_run.id == Flow("Foreach").latest_successful_run.id
[flow.id for flow in Metaflow()]
[flow.id for flow in Metaflow().flows]
Flow("Nothing")
Run("Foreach/17")
Run("Foreach")
Run("a/b/c")
Step("Foreach/17/start")
run.pathspec == "Foreach/" + run.id
run.path_components == ["Foreach", run.id]
run.parent.id
run.successful, run.finished
run.created_at < run.finished_at
type(run.created_at).__name__
sorted(run.user_tags)
"user:ana" in run.system_tags, "user:ana" in run.tags, "t1" in run.tags
sorted(step.id for step in run)
sorted(step.id for step in run.steps())
run["start"].id
run["nothing"]
"start" in run, "nothing" in run
run.data.kind
run.data.all
run.data.nothing
hasattr(run.data, "nothing")
run.end_task.parent.id
run.end_task.id == run["end"].task.id
run.trigger
run["work"].parent.id == run.id
len(list(run["work"])), len(list(run["work"].tasks()))
run["work"].task.finished
run["start"].task.pathspec == run.pathspec + "/start/" + run["start"].task.id
run["start"].task.path_components[2]
run["start"].task["kind"].data
run["start"].task["nothing"]
run["start"].task.data.items
run["start"].task.data.nothing
"kind" in run["start"].task.data, "nothing" in run["start"].task.data
"kind" in run["start"].task, "nothing" in run["start"].task
"kind" in run["start"].task.artifacts
run["start"].task.artifacts.kind.data
run["start"].task.artifacts.nothing
sorted(one.id for one in run["start"].task.artifacts if one.id != "name")
sorted(one.id for one in run["start"].task if one.id[0] != "_" and one.id != "name")
run["start"].task.artifacts.kind.pathspec.endswith("/kind")
run["start"].task.artifacts.kind.parent.id == run["start"].task.id
len(run["start"].task.artifacts.kind.sha) >= 40
type(run["start"].task.artifacts.kind.size).__name__
run["start"].task.artifacts.kind.finished_at >= run.created_at
run["start"].task.exception
run["start"].task.stdout
run["start"].task.stderr
[line for time, line in run["start"].task.loglines("stdout")]
[type(time).__name__ for time, line in run["start"].task.loglines("stdout")]
run["start"].task.runtime_name
type(run["start"].task.metadata_dict).__name__
run["start"].task.current_attempt
run["start"].task.index, sorted(task.index for task in run["work"])
sorted(task.data.got[1] for task in run["work"])
sorted(task.data.got[1] for task in run["join"].task.parent_tasks)
len(list(run["start"].task.child_tasks))
sorted(task.parent.id for task in run["end"].task.parent_tasks)
Task(run["start"].task.pathspec).id == run["start"].task.id
Task(run["start"].task.pathspec, attempt=0).data.kind
Task(run["start"].task.pathspec, attempt=9)
Step(run.pathspec + "/start").task.data.kind
DataArtifact(run["start"].task.pathspec + "/kind").data
Metaflow()["Foreach"].id
Flow("Foreach")[run.id].id == run.id
run.add_tag("new"), "new" in Run(run.pathspec).user_tags
run.add_tags(["a", "b"]), sorted(Run(run.pathspec).user_tags)
run.remove_tag("a"), sorted(Run(run.pathspec).user_tags)
run.replace_tag("b", "c"), sorted(Run(run.pathspec).user_tags)
run.replace_tags(["c"], ["d", "e"]), sorted(Run(run.pathspec).user_tags)
run.remove_tags(["d"]), sorted(Run(run.pathspec).user_tags)
run.add_tag("user:bob")
run.remove_tag("user:ana")
get_namespace()
namespace("user:bob")
get_namespace()
Run(run.pathspec)
Flow("Foreach").latest_run
len(list(Flow("Foreach")))
namespace(None)
get_namespace()
Run(run.pathspec).id == run.id
default_namespace()
Flow("Foreach").latest_run.id == run.id
run.code
run.origin_run_id if hasattr(run, "origin_run_id") else None
bool(repr(run)), "Foreach" in str(run)
{run: 1}[run]
""".strip().splitlines()

NAMES = [
    "Flow", "Run", "Step", "Task", "DataArtifact", "Metaflow",
    "namespace", "get_namespace", "default_namespace",
]  # fmt: skip


def main(engine: str) -> None:
    """Print line → value; an exception is told by its class."""
    client = importlib.import_module(engine)
    names = {name: getattr(client, name) for name in NAMES}
    names["run"] = client.Flow("Foreach").latest_run
    print(json.dumps({line: _value(line, names) for line in LINES}))


def _value(line: str, names: dict[str, Any]) -> Any:
    try:
        value = eval(line, names)
    except Exception as error:
        return f"raises {type(error).__name__}"
    if type(value).__module__.split(".")[0] in ("metaflow", "flownote"):
        return f"a {type(value).__name__}"
    return canonical(value)


if __name__ == "__main__":
    main(sys.argv[1])
