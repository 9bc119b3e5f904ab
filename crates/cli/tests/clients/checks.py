"""Counts checks. Each check prints a line only if it fails."""

import sys


class Checks:
    def __init__(self, client):
        self.client, self.passed, self.failed = client, 0, 0

    def equal(self, what, found, expected):
        if found == expected:
            self.passed += 1
        else:
            self.failed += 1
            print(f"{self.client}: {what}: found {found!r}, expected {expected!r}")

    def true(self, what, found):
        self.equal(what, bool(found), True)

    def done(self):
        print(f"{self.client}: {self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed else 0)
