"""nbgrader's exchange classes, talking to the Doorstart exchange. Runs in learners' and instructors' servers."""
