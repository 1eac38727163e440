#!/bin/sh
# How clients give up a request over HTTP/2 that has no answer yet, by the error code of the reset that the server sees:
#   - @smithy/node-http-handler 4.14.2, NodeHttp2Handler as it is made by hand: NO_ERROR (0);
#   - the same, with disableConcurrentStreams (what AWS's clients for Bedrock make for themselves): CANCEL (8);
#   - undici 8.12.4, fetch over an Agent with allowH2: NO_ERROR (0);
#   - and Node's own answer to such a request says `writableFinished: true`, though nothing was written.
# A server that takes a reset without an error for the end of a call that went well never learns that its client left.
# Writ is not part of this. Fails when any of it changes.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact @smithy/node-http-handler@4.14.2 @smithy/protocol-http@5.6.2 undici@8.12.4 selfsigned@3.0.1
cat >run.mjs <<'JS'
import { createSecureServer, createServer } from "node:http2";
import { NodeHttp2Handler } from "@smithy/node-http-handler";
import { HttpRequest } from "@smithy/protocol-http";
import selfsigned from "selfsigned";
import { Agent, fetch } from "undici";

let closed;
const silent = (incoming, outgoing) => {
  incoming.resume();
  outgoing.on("close", () => closed({ code: outgoing.stream?.rstCode, finished: outgoing.writableFinished }));
};
const { cert, private: key } = selfsigned.generate([{ name: "commonName", value: "localhost" }], { keySize: 2048 });
const plain = createServer(silent);
const secure = createSecureServer({ cert, key }, silent);
for (const server of [plain, secure]) await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

async function giveUp(call) {
  const end = new Promise((resolve) => { closed = resolve; });
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 300);
  await call(controller.signal).catch(() => undefined);
  return Promise.race([end, new Promise((resolve) => setTimeout(resolve, 3000, "nothing"))]);
}
const smithy = (options) => (abortSignal) => new NodeHttp2Handler(options).handle(
  new HttpRequest({ protocol: "http:", hostname: "127.0.0.1", port: plain.address().port, method: "POST", path: "/", body: "{}" }),
  { abortSignal },
);
const dispatcher = new Agent({ allowH2: true, connect: { rejectUnauthorized: false } });
const seen = {
  "NodeHttp2Handler": await giveUp(smithy({})),
  "NodeHttp2Handler, disableConcurrentStreams": await giveUp(smithy({ disableConcurrentStreams: true })),
  "undici": await giveUp((signal) => fetch(`https://localhost:${secure.address().port}/`, { method: "POST", body: "{}", signal, dispatcher })),
};
for (const [name, end] of Object.entries(seen)) console.log(name, JSON.stringify(end));
const expected = [[0, true], [8, true], [0, true]];
const isSame = Object.values(seen).every(({ code, finished }, at) => code === expected[at][0] && finished === expected[at][1]);
process.exit(isSame ? 0 : 1);
JS
node run.mjs
