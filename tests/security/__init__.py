"""Whether a learner's server is alone: the probes of `doorstart check isolation`, each as a test, and more."""
