"""What the examiner and the learner kernel share: how objects of the one are seen by the other.

* :mod:`.mirror`: which objects both sides have, and what goes into a message about them.
* :mod:`.standins`: what stands for an object that cannot be copied.
* :mod:`.operations`: what can be done with such an object, on the side where it is.
* :mod:`.link`: questions and answers between the sides.
* :mod:`.folder`: files that change in a working folder.

The two sides are equal in form but not in trust. What arrives at the examiner is hostile until it has been checked, and
:mod:`doorstart_examiner.examiner` decides what an answer is worth. Nothing here knows of cells, tests or scores.
"""
