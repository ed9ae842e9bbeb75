"""Shared by all tests of the Python package. The modules beside this one are importable:
pytest puts this folder on `sys.path`."""

import pytest
from shell_project import Project


@pytest.fixture
def project(tmp_path):
    """A project that nothing has run in."""
    return Project(tmp_path)


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """A project in which `Train` has run twice: it succeeded, then failed. Only read it."""
    project = Project(tmp_path_factory.mktemp("trained"))
    first = project.shell("run flow.py --quiet --tag first")
    assert first.code == 0, first.err
    second = project.shell("run flow.py --quiet --alpha 0.25 --fail -j 3")
    assert second.code == 1, second.err
    return project
