"""Stand-ins for packages that a network does not need: they fail only when really used.

Students' files import plotting, progress bars, summaries and helpers that the jail does not have.
Only the standard library, torch, numpy and course are real there, on every machine. Everything else
becomes a stand-in that may be named, called and passed around; the network fails, with the
package's name, only if it computes with one.
"""

import re
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType
from typing import ClassVar, NoReturn

from torch import Tensor

from course.errors import SubmissionError

REAL = {"torch", "numpy", "course"}
# The packages that real ones import for themselves; a student's own import of them is real too.
SUPPORT = {"typing_extensions", "sympy", "mpmath", "networkx", "jinja2", "markupsafe", "filelock"}


# What gives data, by its name: torchvision.datasets.MNIST, torch.utils.data.DataLoader.
GIVES_DATA = re.compile("data|loader|mnist|cifar", re.IGNORECASE)


class StandInUsed(SubmissionError):
    """Something was computed with what comes from a package that is not there."""

    def __init__(self, stand_in: "StandIn") -> None:
        self.name = stand_in.__name__
        self.asks_for_data = stand_in._gives_data
        super().__init__(f"{self.name} is not available to a submission")


class StandIn(ModuleType):
    """Something from a missing package: fine to name and to call, not to compute with.

    It is a module, because that is what `import` must find, and its parts are stand-ins as well.
    """

    # True from the moment the file has run. Before that, work beside the network may do much with
    # its packages; afterwards only the network itself runs, and what it touches is really used.
    computing: ClassVar[bool] = False
    # What answers in the place of some stand-ins, by name (digits.py).
    known: ClassVar[dict[str, type]] = {}

    def __init__(self, name: str, *, gives_data: bool = False) -> None:
        super().__init__(name)
        # Also what is made with data: `tqdm(loader)`.
        self._gives_data = gives_data or GIVES_DATA.search(name) is not None

    def __getattr__(self, name: str) -> object:
        if name == "__version__":
            return "0"
        if name.startswith("__"):  # Python asks for these by itself
            raise AttributeError(name)
        whole = f"{self.__name__}.{name}"
        return StandIn.known.get(whole) or StandIn(whole, gives_data=self._gives_data)

    def __call__(self, *args: object, **kwargs: object) -> object:
        """Answer a call with a stand-in; as a decorator, leave the function as it is."""
        if StandIn.computing and any(isinstance(arg, Tensor) for arg in args):
            self._used()
        if len(args) == 1 and not kwargs and callable(args[0]) and not isinstance(args[0], StandIn):
            return args[0]
        given = (self, *args, *kwargs.values())
        data = any(getattr(arg, "_gives_data", False) is True for arg in given)
        return StandIn(self.__name__, gives_data=data)

    def __enter__(self) -> "StandIn":
        return self

    def __exit__(self, *exception: object) -> None:
        return None

    def __mro_entries__(self, bases: tuple[object, ...]) -> tuple[type, ...]:
        """Let a class derive from what is missing; it may be one that the network does not need."""
        return (type("Missing", (MissingBase,), {"stands_for": self.__name__}),)

    def __getitem__(self, key: object) -> "StandIn":
        """Return an entry, of a palette or a table of settings, until a network computes."""
        if StandIn.computing:
            self._used()
        return StandIn(self.__name__, gives_data=self._gives_data)

    def __setitem__(self, key: object, value: object) -> None:
        """Take a setting, such as a plot's."""
        self[key]

    def _used(self, *args: object, **kwargs: object) -> NoReturn:
        raise StandInUsed(self)

    # A loop, a condition or a sum needs a real value, and none can be made up.
    __iter__ = __len__ = __bool__ = __contains__ = _used
    __int__ = __float__ = __index__ = __torch_function__ = _used
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = _used
    __rtruediv__ = __pow__ = __rpow__ = __neg__ = __lt__ = __le__ = __gt__ = __ge__ = _used
    __matmul__ = __rmatmul__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _used


class MissingBase:
    """What a class is derived from when its base is missing: it does nothing of its own."""

    stands_for: ClassVar[str]  # the missing base's name

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__()  # as a mixin, it stands between the network and nn.Module

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__()


def missing_base(cls: type) -> str:
    """Name the missing base of a class, or return nothing."""
    return cls.stands_for if issubclass(cls, MissingBase) else ""


class StandInFinder(MetaPathFinder, Loader):
    """Answers the student's imports of anything that is not real here with a stand-in."""

    def __init__(self, filename: str) -> None:
        self.filename = filename
        self.names: list[str] = []  # every package that a stand-in replaces, for the report

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
        """Return whether the import statement is in the student's file."""
        # torch tries optional packages too (`import triton`), and must not find a stand-in.
        frame: FrameType | None = sys._getframe(2)
        while frame is not None and "importlib" in frame.f_code.co_filename:
            frame = frame.f_back
        return frame is not None and frame.f_code.co_filename == self.filename

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make the stand-in itself."""
        return StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Run nothing: a stand-in has no code."""
