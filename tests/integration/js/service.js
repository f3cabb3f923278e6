// What the tests share: clients of the daemon under test, and the shape of its errors.
"use strict";

const assert = require("node:assert/strict");
const crypto = require("node:crypto");
require("./webcrypto.js");
const { BlobServiceClient, StorageSharedKeyCredential } = require("@azure/storage-blob");

const account = process.env.LAPIS_ACCOUNT;
const key = process.env.LAPIS_KEY;
const endpoint = process.env.LAPIS_ENDPOINT; // http://host:port
const url = `${endpoint}/${account}`;
const credential = new StorageSharedKeyCredential(account, key);
const once = { retryOptions: { maxTries: 1 } }; // a retry would hide what was answered

const service = new BlobServiceClient(url, credential, once);

// Runs `body` with a container of its own.
async function withContainer(body) {
  const container = service.getContainerClient(`js-${crypto.randomUUID()}`);
  await container.create();
  try {
    await body(container);
  } finally {
    await container.deleteIfExists();
  }
}

// The answer to a HEAD has no body from which the SDK could take the code.
const codeOf = (error) => error.code ?? error.response.headers.get("x-ms-error-code");

// The promise fails with Azure's error: status, code, and the ids that every error carries.
async function fails(promise, status, code) {
  const error = await promise.then(
    () => assert.fail(`succeeded; expected ${status} ${code}`),
    (reason) => reason,
  );
  assert.equal(error.name, "RestError", error.stack);
  assert.deepEqual([error.statusCode, codeOf(error)], [status, code], error.stack);
  assert.match(error.response.headers.get("x-ms-request-id"), /^[0-9a-f-]{36}$/);
  return error;
}

// Random bytes: the same for the same size.
function bytes(size) {
  const cipher = crypto.createCipheriv(
    "aes-128-ctr",
    Buffer.alloc(16, size % 251),
    Buffer.alloc(16),
  );
  return cipher.update(Buffer.alloc(size));
}

const md5 = (data) => crypto.createHash("md5").update(data).digest();

async function collect(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

async function all(iterator) {
  const items = [];
  for await (const item of iterator) items.push(item);
  return items;
}

const MIB = 1 << 20;

module.exports = {
  account,
  all,
  bytes,
  codeOf,
  collect,
  credential,
  endpoint,
  fails,
  key,
  md5,
  MIB,
  once,
  service,
  url,
  withContainer,
};
