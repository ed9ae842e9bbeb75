from flownote import FlowSpec


class A(FlowSpec):
    pass


class B(FlowSpec):
    pass
