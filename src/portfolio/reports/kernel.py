"""The kernel of a report run: this interpreter, whatever Jupyter finds installed.

Jupyter looks a kernel up by name in a list of folders, most of them under HOME. On a locked laptop
HOME is empty or read-only and no kernel is found; elsewhere ``python3`` is another environment's,
and the notebook then runs with other versions than the manifest says. So nothing is looked up: the
specification is made here, from ``sys.executable``, and all that a kernel writes (its connection
file, its IPython profile) goes into a scratch folder of the run. That also keeps a user's IPython
start-up files out of reports.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import Unicode, default
from traitlets.config import Config

__all__ = ["KERNEL_NAME", "OwnKernelManager", "kernel_config"]

KERNEL_NAME = "python3"


class _OwnSpecs(KernelSpecManager):
    """Knows one kernel, by any name: the interpreter that runs this process."""

    scratch = Path()

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        # frozen modules make the debugger warn on the kernel's standard error
        specification = get_kernel_dict(python_arguments=["-Xfrozen_modules=off"])
        environment = {
            "IPYTHONDIR": str(self.scratch / "ipython"),
            "JUPYTER_RUNTIME_DIR": str(self.scratch),
            "JUPYTER_CONFIG_DIR": str(self.scratch),
            # the order of sets, and with it the bytes of a report, must not differ between runs
            "PYTHONHASHSEED": "0",
        }
        return KernelSpec(env=environment, **specification)


class OwnKernelManager(AsyncKernelManager):
    """Starts this interpreter as the kernel, under any kernel name."""

    log_file = Unicode(help="where the kernel's own standard output and error go").tag(config=True)

    @default("kernel_spec_manager")
    def _own_specs(self) -> KernelSpecManager:
        specs = _OwnSpecs(parent=self)
        specs.scratch = Path(self.connection_file).parent
        return specs

    async def _async_launch_kernel(self, kernel_cmd: list[str], **kw: Any) -> None:
        # cells speak over their channels; what is left is noise, and the reason of a crash
        with Path(self.log_file).open("ab") as log:
            await super()._async_launch_kernel(kernel_cmd, stdout=log, stderr=log, **kw)


def kernel_config(log: Path) -> Config:
    """Configuration of the kernel manager of one run.

    Parameters
    ----------
    log : Path
        Where the kernel's own words go: a file in an empty private folder, removed by the caller
        when the run has ended. The kernel's other files go there too.

    Returns
    -------
    traitlets.config.Config
        For ``NotebookClient(config=...)``.
    """
    return Config(
        {
            # the name of the subclass: `log_file` is its own
            "OwnKernelManager": {
                "connection_file": str(log.parent / "kernel.json"),
                "log_file": str(log),
                # ipykernel 7.4 warns of TCP without encryption; ipc gives "Invalid Signature"
                "transport": "tcp",
                "transport_encryption": "auto",
                # a hung cell is not worth the default five seconds of waiting for its farewell
                "shutdown_wait_time": 2.0,
            }
        }
    )
