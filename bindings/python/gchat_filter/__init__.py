"""Filters of the Google Chat API: parsed, checked, explained, evaluated.

>>> from gchat_filter import Filter
>>> managers = Filter('(role = "ROLE_MANAGER") AND member.type="HUMAN"')
>>> str(managers)
'member.type = "HUMAN" AND role = "ROLE_MANAGER"'
>>> managers.matches({"role": "ROLE_MANAGER", "member": {"type": "HUMAN"}})
True
"""

from gchat_filter._diagnostics import Diagnostic, Edit, Fix, FilterError, Label
from gchat_filter._native import METHODS, Checked, Context, Filter, check
from gchat_filter._types import Dialect, Layout, Level, Method, Preset

# Where users import them from, for error messages and pickles.
for _class in (Diagnostic, Edit, Fix, FilterError, Label):
    _class.__module__ = __name__

__all__ = [
    "METHODS",
    "Checked",
    "Context",
    "Diagnostic",
    "Dialect",
    "Edit",
    "Filter",
    "FilterError",
    "Fix",
    "Label",
    "Layout",
    "Level",
    "Method",
    "Preset",
    "check",
]
