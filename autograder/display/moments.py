"""Dates as people read them: in their own zone, which is named. JSON and CSV keep ISO 8601."""

from collections.abc import Iterable
from datetime import datetime, timedelta


def local(iso: str) -> datetime:
    """Return a moment in the zone that this machine is set to."""
    return datetime.fromisoformat(iso).astimezone()


def day(iso: str) -> str:
    """Write the local day."""
    return f"{local(iso):%Y-%m-%d}"


def clock(iso: str) -> str:
    """Write the local time of day."""
    return f"{local(iso):%H:%M}"


def minute(iso: str) -> str:
    """Write the local day and time."""
    return f"{day(iso)} {clock(iso)}"


def zone(moments: Iterable[str]) -> str:
    """Name the zone of moments as an offset, which is the same word everywhere: UTC+1.

    Where clocks change for the summer, a year has two of them: UTC+1/+2.
    """
    return "UTC" + "/".join(sorted({offset(local(iso)) for iso in moments}))


def offset(moment: datetime) -> str:
    """Write how far a moment's clock is ahead of UTC: "+1", "-3:30", or nothing."""
    ahead = moment.utcoffset() or timedelta()
    hours, minutes = divmod(abs(ahead) // timedelta(minutes=1), 60)
    if not ahead:
        return ""
    return f"{'-' if ahead < timedelta() else '+'}{hours}" + (f":{minutes:02}" if minutes else "")
