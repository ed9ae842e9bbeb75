"""A helper that fails."""


def deep():
    return {"a": 1}["b"]
