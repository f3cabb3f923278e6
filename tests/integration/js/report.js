// The reporter of node's test runner that test_js_sdk.py reads: one line of JSON for each test.
"use strict";

const { inspect } = require("node:util");

const describe = (error) => (error ? inspect(error.cause ?? error) : "");

module.exports = async function* report(events) {
  for await (const { type, data } of events) {
    // A file is itself reported as a test, named by its path.
    if ((type !== "test:pass" && type !== "test:fail") || data.name.endsWith(".test.js")) continue;
    const line = {
      name: data.name,
      passed: type === "test:pass",
      error: describe(data.details?.error),
    };
    yield `${JSON.stringify(line)}\n`;
  }
};
