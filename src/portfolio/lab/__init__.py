"""The what-if notebook: a scenario explored with sliders and switches, solved, kept, saved.

`Exploration` is the state and knows nothing of a browser; `WhatIf` shows it in
JupyterLab; `open_lab` starts JupyterLab on a notebook of one's own.
"""
