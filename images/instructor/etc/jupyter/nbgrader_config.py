"""nbgrader in an instructor's server: this server's course, Doorstart's exchange, and grading in the sandbox."""

import os

from doorstart_exchange_client.config import configure as use_exchange
from doorstart_grading.config import configure as use_sandbox

c = get_config()  # noqa: F821  # traitlets defines it
use_exchange(c)
use_sandbox(c)
c.CourseDirectory.root = "/course"
c.CourseDirectory.course_id = os.environ.get("DOORSTART_COURSE", "")
# A notebook that is validated and names another kernel, or none, is run with this one.
c.Execute.kernel_name = "python3"
