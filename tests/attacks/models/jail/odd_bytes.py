"""A name that no encoding holds, in an exception that refuses to be read.

Expect: exit 3, UnicodeEncodeError
"""

class Silent(Exception):
    def __str__(self):
        raise self

    __repr__ = __str__


Silent.__name__ = "\ud800passed"
raise Silent
