"""Reports: run a notebook, render its page, publish the run whole or keep it apart as failed."""
