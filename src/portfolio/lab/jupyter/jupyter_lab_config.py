"""How JupyterLab is set up where `portfolio lab` starts it."""

from portfolio.lab.reopened import without_page

settings = get_config()  # type: ignore[name-defined]  # noqa: F821  # JupyterLab's own
settings.LabApp.news_url = None
settings.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
settings.ContentsManager.pre_save_hook = without_page
