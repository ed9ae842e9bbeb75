from flownote import FlowSpec

ratio = 1 / 0


class Zero(FlowSpec):
    pass
