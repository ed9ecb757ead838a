"""What is kept of trainings: the finished network, and the trials of a learner."""
