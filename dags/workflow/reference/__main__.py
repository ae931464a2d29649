"""Print the page: `python -m workflow.reference`."""

import sys

from workflow.reference.page import page

sys.stdout.write(page())
