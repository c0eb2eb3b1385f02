"""What grading runs: the examiner, the learner kernel, and what goes between them."""
