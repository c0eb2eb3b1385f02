"""What a learner kernel needs and can have before it is known for which submission: imports, and the shell."""

from __future__ import annotations

import os

_INLINE = "module://matplotlib_inline.backend_inline"


def preload() -> None:
    """Import IPython, numpy, pandas and matplotlib, and make the shell. Starts no thread. Safe to call twice."""
    os.environ.setdefault("MPLBACKEND", _INLINE)
    from doorstart_examiner.kernel.shell import Shell

    if Shell.initialized():
        return
    shell = Shell.instance()

    import matplotlib.pyplot as plt
    import numpy as np  # noqa: F401
    import pandas as pd  # noqa: F401

    import doorstart_checks.de
    import doorstart_checks.en
    import doorstart_checks.fr
    import doorstart_checks.nl  # noqa: F401

    # Now, and not with the first figure: it loads fonts and the like.
    plt.get_fignums()
    plt.switch_backend(_INLINE)
    shell.run_cell("", store_history=False)  # type: ignore[no-untyped-call]
