// Connections on which Node's parser of HTTP/1.1 found something that is no request. After that nobody knows
// where the next one begins: the connection ends, with an answer where one cannot be taken for another's.

import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Errors of the parser and of its timeouts; what else there is are connections that broke. */
const OF_REQUEST = /^(?:HPE_|ERR_HTTP_)/;
/** How long a client may take to read why it is refused. */
const LINGER_MS = 1_000;

type Answers = Set<ServerResponse>;

/** Has a server answer what it cannot parse: `describe` gives the whole answer, as bytes of HTTP/1.1. */
export function answerClientErrors(
  server: Server,
  describe: (code: string, address: string | undefined) => Promise<string>,
): void {
  const open = new WeakMap<Socket, Answers>();
  const ended = new WeakSet<Socket>();
  const track = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    // HTTP/2 over the same port of TLS: its errors are its streams'.
    if ("stream" in incoming) return;
    const answers = open.get(incoming.socket) ?? new Set();
    open.set(incoming.socket, answers.add(outgoing));
    outgoing.once("close", () => answers.delete(outgoing));
  };
  server.prependListener("request", track);
  server.prependListener("checkExpectation", track);
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const { code = "" } = error;
    // The parser says so again of whatever comes after.
    if (ended.has(socket)) return;
    ended.add(socket);
    const answers = [...(open.get(socket) ?? [])];
    const [first, last] = [answers[0], answers.at(-1)];
    if (!OF_REQUEST.test(code) || !socket.writable) socket.destroy();
    else if (last?.req.complete) last.shouldKeepAlive = false;
    else if (first !== last) socket.destroy();
    else void endWith(socket, last, describe(code, socket.remoteAddress));
  });
}

/** `begun`: the answer to the request whose body cannot be parsed; when it has left there is no other. */
async function endWith(
  socket: Socket,
  begun: ServerResponse | undefined,
  answer: Promise<string>,
): Promise<void> {
  const bytes = await answer;
  if (begun?.headersSent === true) socket.destroySoon();
  else socket.end(bytes);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
