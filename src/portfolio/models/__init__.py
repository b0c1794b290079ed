"""The optimisation models, and the only home of the solvers."""
