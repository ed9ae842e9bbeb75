"""How long it takes to see what code a step reaches: 200 functions in ten modules.

The modules differ from one measurement to the next, so that nothing is known of them; a
second process then looks at the same ones.
"""

import json
import subprocess
import sys
import time
import uuid
from pathlib import Path

MODULES, FUNCTIONS = 10, 20

FLOW = """
from flownote import FlowSpec, step
{imports}

class Reaches(FlowSpec):
    @step
    def start(self):
        self.result = part0_0(1)
        self.next(self.end)

    @step
    def end(self):
        pass
"""

FUNCTION = '''
def part{module}_{number}(value, scale=2):
    """Does something small, as helpers do."""
    total = 0
    for step in range(scale):
        if value > step:
            total += step * value
        else:
            total -= step
    return {call}
'''


def write(folder: Path) -> Path:
    """Writes the flow and its modules, in which each function calls the next."""
    last, unknown = MODULES * FUNCTIONS - 1, uuid.uuid4().hex
    for module in range(MODULES):
        text = f"# {unknown}\n"
        text += f"from part{module + 1} import part{module + 1}_0\n" if module + 1 < MODULES else ""
        for number in range(FUNCTIONS):
            at = module * FUNCTIONS + number
            after = f"part{(at + 1) // FUNCTIONS}_{(at + 1) % FUNCTIONS}(total)"
            call = after if at < last else "total"
            text += FUNCTION.format(module=module, number=number, call=call)
        (folder / f"part{module}.py").write_text(text)
    flow = folder / "reaches.py"
    flow.write_text(FLOW.format(imports="from part0 import part0_0"))
    return flow


def look(flow: Path) -> float:
    """Returns how many milliseconds the first look of this process at a step takes."""
    from flownote import provenance
    from flownote.loader import load_flow

    loaded = load_flow(str(flow))
    provenance.code_of(loaded.flow, "end")  # what is imported on first use
    began = time.process_time()
    code = provenance.code_of(loaded.flow, "start")
    ms = (time.process_time() - began) * 1000
    functions = sum(".py:part" in part for part in code.parts)
    assert functions == MODULES * FUNCTIONS, (functions, code.parts)
    assert code.coarse is None, code.coarse
    return ms


def main(folder: Path) -> None:
    """Measures the first look at a step, then that of two later processes."""
    flow = write(folder)
    looks = [
        float(subprocess.check_output([sys.executable, __file__, str(flow), "look"]))
        for _ in range(3)
    ]
    print(json.dumps({"ms": looks[0], "again_ms": min(looks[1:])}))


if __name__ == "__main__":
    if sys.argv[2:] == ["look"]:
        print(look(Path(sys.argv[1])))
    else:
        main(Path(sys.argv[1]))
