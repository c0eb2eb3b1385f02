"""nbgrader in an instructor's server: the course of this server, and Doorstart's exchange."""

import os

from doorstart_exchange_client.config import configure

c = get_config()  # noqa: F821  # traitlets defines it
configure(c)
c.CourseDirectory.root = "/course"
c.CourseDirectory.course_id = os.environ.get("DOORSTART_COURSE", "")
# A submission that names another kernel, or none, is run with this one.
c.Execute.kernel_name = "python3"
