"""Grading: runs one notebook's cells, the learner's in a fresh learner kernel and the tests in an examiner.

``gradings`` is what the HTTP interface calls: how many at once, and who clears up. ``job`` reads a request, and
``conductor`` carries it out: ``watched`` asks learner kernels and keeps them to the ``limits``, ``examining`` has tests
run, ``incidents`` are what can come between, and ``entries`` is what the answer says of cells. ``pool`` has unused
containers ready, ``forker`` brings a learner kernel into one (``starter`` does it on sites without a forker),
``houses`` has the examiners, and ``confinement`` says what each of their containers may do. Not for scores.
"""
