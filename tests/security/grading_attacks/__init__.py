"""Malicious submissions, one a file, each of which must end with the points that its honest part deserves.

``case.py`` is the exam that they are handed in to, and says how such a file becomes a submission. ``plain.py`` hands
them to nbgrader as it comes, in a container of their own without a network, and says what came of it. The tests are in
``test_grading_attacks.py``.

An attack's module is named after its family (:data:`case.FAMILIES`) and what it does. Its docstring's first line says
what it tries. It has these names:

- ``FAMILY``: one of the families.
- ``HONEST``: the points that its honest part deserves: 2 for task 2, and 1 more if task 1 gives the right answer to the
  example that learners see, which is legitimate even if it knows nothing else; 0 if it makes its own later cells do
  nothing, or takes its own kernel apart.
- ``PLAIN``: what comes of it under plain nbgrader, words of :data:`case.OUTCOMES`; or ``"no: "`` and why nothing does;
  or ``"absent: "`` and what is not there to be attacked, so that it is not tried.
- ``PLAIN_MAY``: what else may come of it there, by chance.
- ``CODE``: the text of the solution cell of task 1; ``ANSWERS``: of other solution cells, by their grade id.
- ``change(notebook)``: changes the notebook; ``raw(content)``: changes its bytes, and returns them.
- ``FILES``: text files that are handed in with the notebook.
- ``SPOILS = True``: by chance, it also hits its own honest part, which then has fewer points than ``HONEST``.
- ``ALONE = True``: it may disturb others of its run, which is then a run of its own with one more learner.
- ``TWICE = True``: two learners hand it in, one after the other.

To add one, write such a file: nothing else lists them.
"""
