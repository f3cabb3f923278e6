// The SDK takes for granted what the Node.js of Debian 12 has, but does not name.
"use strict";

globalThis.crypto ??= require("node:crypto").webcrypto;
