// The baseline of the gateway benchmark: the least a Node proxy can do. No signature, no policy, no record.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Pool } from "undici";

const pool = new Pool(process.argv[2] ?? "", { connections: 256 });
const server = createServer((incoming, outgoing) => {
  pool
    .stream(
      {
        method: "POST",
        path: incoming.url ?? "",
        headers: { "content-type": "application/json" },
        body: incoming,
      },
      ({ statusCode, headers }) => {
        outgoing.writeHead(statusCode, headers as Record<string, string>);
        return outgoing;
      },
    )
    .catch(() => outgoing.destroy());
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
