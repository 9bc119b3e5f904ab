"""Compares the answers that each client received, in the files given as arguments, with those of the first."""

import json
import pathlib
import sys

from checks import Checks

# The protos of @google-apps/chat 0.22 do not have these fields.
MISSING = {"affiliation", "email", "avatarUrl"}


def without(answer, missing):
    if isinstance(answer, list):
        return [without(item, missing) for item in answer]
    if isinstance(answer, dict):
        return {name: without(value, missing) for name, value in answer.items() if name not in missing}
    return answer


checks = Checks("answers of six clients")
first, *others = [(path.name, json.loads(path.read_text())) for path in map(pathlib.Path, sys.argv[1:])]
checks.equal("clients", len(others), 5)
checks.equal("list", len(first[1]["list"]["memberships"]), 2)
checks.equal("error", first[1]["unknown member"]["status"], "NOT_FOUND")
for name, answers in others:
    missing = set() if ".py" in name or "discovery" in name else MISSING
    checks.equal(f"{name}: requests", list(answers), list(first[1]))
    for request, answer in answers.items():
        checks.equal(f"{name}: {request}", without(answer, missing), without(first[1][request], missing))
checks.done()
