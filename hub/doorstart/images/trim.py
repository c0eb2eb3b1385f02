"""What is left out of images, though a package has it: one list, each line with its reason.

A learner's server needs none of it; an image that is smaller is carried over and checked sooner.
"""

from __future__ import annotations

import re

_SITE = r"opt/venv/lib/python3\.\d+/site-packages"
_HUB = r"opt/venv/share/jupyterhub/static/components"

LEFT_OUT = (
    # Tests of packages: the largest part of pandas and a good deal of numpy and matplotlib. `numpy.testing`,
    # `pandas._testing` and the like, which other packages import, stay.
    rf"{_SITE}/.*/tests?/.*",
    # Source maps: for those who debug the pages of JupyterLab itself.
    rf"{_SITE}/.*\.(js|css)\.map",
    r"opt/venv/share/.*\.(js|css)\.map",
    # What compiles extensions against a package, or is compiled already.
    rf"{_SITE}/.*\.(a|c|cc|cpp|h|hpp|pxd|pyx)",
    r"opt/venv/include/.*",
    # Building JupyterLab from source; without network and Node.js nobody can.
    rf"{_SITE}/jupyterlab/(galata|staging/(yarn\.js|yarn\.lock|webpack.*|templates/.*))",
    # A check of international web addresses, which no schema of Jupyter asks for. Whoever imports jsonschema builds its
    # grammar, a good part of the time in which a server starts; without it jsonschema leaves that one check out.
    rf"{_SITE}/rfc3987_syntax/.*",
    # Languages of calendars and amounts that no page is in.
    rf"{_SITE}/babel/locale-data/(?!(root|en|nl|fr|de)(_[A-Z]{{2}}|_[0-9]{{3}})?\.dat).*",
    rf"{_SITE}/fava/translations/(?!(nl|fr|de)/).*/.*",
    # Sentences of JupyterLab's extensions that we do not have; its own are those of one domain.
    rf"{_SITE}/jupyterlab_language_pack_\w+/locale/\w+/LC_MESSAGES/(?!jupyterlab\.(json|mo)$).*",
    # Debuggers of Windows and macOS.
    rf"{_SITE}/debugpy/.*\.(pdb|dll|exe|dylib)",
    # A second copy of JupyterLab's pages, and the pages of Notebook 7, which nothing links to.
    rf"{_SITE}/(jupyterlab|notebook)/static/.*",
    # Documentation with pictures.
    rf"{_SITE}/nbgrader/docs/.*",
    # What the Hub's style sheet and scripts were made of, and forms of libraries that no page asks for.
    rf"{_HUB}/@fortawesome/fontawesome-free/(metadata|js|svgs|svgs-full|sprites|sprites-full|less|scss)/.*",
    rf"{_HUB}/(bootstrap/(dist/css|js|scss)|requirejs/bin|jquery/(src|dist-module)|moment/(src|dist|locale|min))/.*",
    # Examples of packages, and stubs for a web framework.
    rf"{_SITE}/matplotlib/mpl-data/sample_data/.*",
    rf"{_SITE}/jedi/third_party/django-stubs/.*",
    # Debian: manuals and other languages; the copyright files stay, as their licences ask.
    r"usr/share/(man|info|lintian|linda|bug|doc-base|menu)/.*",
    r"usr/share/doc/.*/(?!copyright$)[^/]*",
    r"usr/share/locale/(?!(nl|fr|de)/).*",
    # Debian: what installing left behind, which differs each time.
    r"var/(cache|log|tmp)/.*|tmp/.*|run/.*|dev/.*|proc/.*|sys/.*",
    r"var/lib/apt/.*|var/lib/dpkg/(.*-old|lock.*)|etc/(.*-|\.pwd\.lock|machine-id|hostname|resolv\.conf|hosts)",
    r"usr/bin/.*\.dpkg-new|\.dockerenv",
)
"""Regular expressions of whole paths, without a slash at the beginning."""

_out = re.compile("|".join(f"(?:{one})" for one in LEFT_OUT))


def wanted(path: str) -> bool:
    """Whether a file goes into images."""
    return not _out.fullmatch(path)
