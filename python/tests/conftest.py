"""Shared by all tests of the Python package."""

import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
