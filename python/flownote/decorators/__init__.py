"""The step decorators, one file each, and their names on the command line."""

from flownote.decorators.base import StepDecorator, decorators_of
from flownote.decorators.cache import cache
from flownote.decorators.catch import catch
from flownote.decorators.environment import environment
from flownote.decorators.isolate import isolate
from flownote.decorators.resources import resources
from flownote.decorators.retry import retry
from flownote.decorators.secrets import secrets
from flownote.decorators.timeout import timeout

__all__ = [
    "StepDecorator",
    "cache",
    "catch",
    "decorators_of",
    "environment",
    "isolate",
    "resources",
    "retry",
    "secrets",
    "timeout",
]

REGISTRY: dict[str, type[StepDecorator]] = {
    kind.name: kind
    for kind in (retry, catch, timeout, environment, resources, secrets, isolate, cache)
}
