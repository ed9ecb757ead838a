"""Stand-ins for packages a network does not need: they complain only when really used.

Students' files import plotting, progress bars, summaries and helpers that no jail has. Only the
standard library, torch, numpy and course are real here, on every machine alike. Everything else
becomes a stand-in that may be named, called and passed around; the network fails, by the
package's name, only if it computes with one.
"""

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, ClassVar, NoReturn

from torch import Tensor

REAL = {"torch", "numpy", "course"}
# The packages that real ones import for themselves; a student's own import of them is real too.
SUPPORT = {"typing_extensions", "sympy", "mpmath", "networkx", "jinja2", "markupsafe", "filelock"}


class StandInUsed(Exception):
    """The network computes with something from a package that is not there."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not available to a submission")
        self.name = name


class StandIn(ModuleType):
    """Something out of a missing package: fine to name and to call, not to compute with."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(f"{self.__name__}.{name}")

    computing: ClassVar[bool] = False  # while a network runs, a call with tensors is a use

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Answer a call with a stand-in; as a decorator, leave the function as it is."""
        if StandIn.computing and any(isinstance(arg, Tensor) for arg in args):
            self._used()
        if len(args) == 1 and not kwargs and callable(args[0]) and not isinstance(args[0], StandIn):
            return args[0]
        return StandIn(self.__name__)

    def __enter__(self) -> "StandIn":
        return self

    def __exit__(self, *exception: object) -> None:
        return None

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        """Let a class derive from what is missing; it may be one that the network does not need."""
        return (type("Missing", (MissingBase,), {"stands_in": self.__name__}),)

    def __getitem__(self, key: Any) -> Any:
        """Hand out an entry, of a palette or a table of settings, as long as nothing computes."""
        if StandIn.computing:
            self._used()
        return StandIn(self.__name__)

    def __setitem__(self, key: Any, value: Any) -> None:
        """Take a setting, such as a plot's."""
        self[key]

    def _used(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise StandInUsed(self.__name__)

    __iter__ = __len__ = __bool__ = __contains__ = _used
    __int__ = __float__ = __index__ = __torch_function__ = _used
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = _used
    __rtruediv__ = __pow__ = __rpow__ = __neg__ = __lt__ = __le__ = __gt__ = __ge__ = _used
    __matmul__ = __rmatmul__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _used


class MissingBase:
    """What a class is derived from when its base is missing: it does nothing of its own."""

    stands_in: ClassVar[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()  # as a mixin, it stands between the network and nn.Module

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__()


def stands_in(cls: type) -> str:
    """Name the missing base of a class, or nothing."""
    return cls.stands_in if issubclass(cls, MissingBase) else ""


class StandInFinder(MetaPathFinder, Loader):
    """Answers the student's imports of anything that is not real here with a stand-in."""

    def __init__(self, filename: str) -> None:
        self.filename = filename
        self.names: list[str] = []  # every package stood in for, for the report

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a stand-in for what is neither real nor asked for by torch itself."""
        root = fullname.partition(".")[0]
        if (
            root in REAL | SUPPORT
            or root in sys.stdlib_module_names
            or not self._asked_by_student()
        ):
            return None
        if root not in self.names:
            self.names.append(root)
        spec = ModuleSpec(fullname, self, is_package=True)
        spec.submodule_search_locations = []
        return spec

    def _asked_by_student(self) -> bool:
        """Tell whether the import statement stands in the student's file."""
        frame = sys._getframe(2)
        while frame is not None and "importlib" in frame.f_code.co_filename:
            frame = frame.f_back  # type: ignore[assignment]
        return frame is not None and frame.f_code.co_filename == self.filename

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make the stand-in itself."""
        return StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Run nothing: a stand-in has no code."""
