// Counts checks. Each check prints a line only if it fails.
'use strict';
const {isDeepStrictEqual, inspect} = require('node:util');

exports.Checks = class {
  constructor(client) {
    Object.assign(this, {client, passed: 0, failed: 0});
  }

  equal(what, found, expected) {
    if (isDeepStrictEqual(found, expected)) {
      this.passed++;
    } else {
      this.failed++;
      console.log(`${this.client}: ${what}: found ${inspect(found)}, expected ${inspect(expected)}`);
    }
  }

  true(what, found) {
    this.equal(what, Boolean(found), true);
  }

  done() {
    console.log(`${this.client}: ${this.passed} passed, ${this.failed} failed`);
    process.exitCode = this.failed ? 1 : 0;
  }
};
