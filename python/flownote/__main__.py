"""`python -m flownote`: the shell."""

import sys

from flownote.shell import main

sys.exit(main())
