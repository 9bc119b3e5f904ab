"""Compares the messages in an excerpt of the API's definitions with those of google-apps-chat."""

import pathlib
import re
import sys

from checks import Checks
from google.apps import chat_v1
from google.protobuf.descriptor import FieldDescriptor

checks = Checks("definitions of gRPC")
text = re.sub("//.*", "", pathlib.Path(sys.argv[1]).read_text())
TYPES = {FieldDescriptor.TYPE_STRING: "string", FieldDescriptor.TYPE_BOOL: "bool", FieldDescriptor.TYPE_INT32: "int32"}


def expected(descriptor):
    """Returns the fields and the enum values of a message: type, name and number."""
    for field in descriptor.fields:
        kind = field.message_type or field.enum_type
        # The client renames `type`, a function of Python.
        yield TYPES.get(field.type) or kind.full_name.rsplit(".")[-1], field.name.rstrip("_"), field.number
    for enum in descriptor.enum_types:
        for value in enum.values:
            yield "", value.name, value.number


for message in re.finditer(r"^message (\w+) {\n(.*?)^}", text, re.MULTILINE | re.DOTALL):
    name, body = message.groups()
    found = [(kind.rsplit(".")[-1], field, int(number)) for kind, field, number in re.findall(r"([\w.]*) *\b(\w+) = (\d+);", body)]
    descriptor = getattr(chat_v1, name).pb().DESCRIPTOR
    checks.equal(name, sorted(found), sorted(expected(descriptor)))
checks.equal("messages", checks.passed + checks.failed, 9)
checks.done()
