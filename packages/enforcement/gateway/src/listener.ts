// One port for three protocols. The first bytes of a connection tell: a TLS handshake record, the HTTP/2
// preface (cleartext with prior knowledge, RFC 9113 section 3.3), or HTTP/1.1. TLS negotiates both by ALPN. Some
// client libraries speak nothing but HTTP/2 to their service, most others nothing but HTTP/1.1.

import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import {
  createServer as createHttp2Server,
  createSecureServer,
  type Http2SecureServer,
  type Http2Server,
  type Http2Session,
} from "node:http2";
import { type AddressInfo, createServer as createNetServer, type Socket } from "node:net";
import { answerClientErrors } from "./client-error.ts";

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly headerBytes: number;
  readonly requestTimeoutMs: number;
  /** How long a connection may be open on which nothing happens. */
  readonly keepAliveMs: number;
  /** Of one connection over HTTP/2. */
  readonly streamsPerConnection: number;
  readonly connections: number;
  /** Called with Node's requests and responses; the HTTP/2 ones are of its compatibility API. */
  readonly handle: (incoming: IncomingMessage, outgoing: ServerResponse) => void;
  /** The whole raw HTTP/1.1 answer to a request that Node's parser refused, and to whom. */
  readonly malformed: (code: string, address: string | undefined) => Promise<string>;
}

export interface Listener {
  readonly port: number;
  /** Stops accepting, lets what is under way finish for `drainMs`, then closes everything. */
  close(drainMs: number): Promise<void>;
}

const TLS_HANDSHAKE = 0x16;
const HTTP2_PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
/** How long a new connection may take to say what it speaks. */
const SNIFF_TIMEOUT_MS = 10_000;
/** How late a request's timeout may be noticed. */
const MAX_CHECKING_INTERVAL_MS = 5_000;

export async function listen(options: ListenerOptions): Promise<Listener> {
  const { handle, headerBytes: maxHeaderSize, requestTimeoutMs: requestTimeout, tls } = options;
  const { keepAliveMs, streamsPerConnection } = options;
  const http2Settings = {
    settings: { maxHeaderListSize: maxHeaderSize, maxConcurrentStreams: streamsPerConnection },
    maxSessionMemory: 64,
  };
  const http1Settings = {
    maxHeaderSize,
    // Of the head; how long a body may take is for who reads it to say, and to answer.
    headersTimeout: requestTimeout,
    keepAliveTimeout: keepAliveMs,
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(requestTimeout, MAX_CHECKING_INTERVAL_MS),
    // Node's own refusal has no body; the stages refuse what names no host.
    requireHostHeader: false,
  };
  const http1 = createHttpServer(http1Settings, handle);
  // SAFETY: the compatibility requests and responses have what the handler uses of Node's own.
  const handleHttp2 = handle as unknown as Parameters<typeof createHttp2Server>[1];
  const http2 = createHttp2Server(http2Settings, handleHttp2);
  const secure =
    tls === undefined
      ? undefined
      : createSecureServer(
          { ...tls, ...http2Settings, ...http1Settings, allowHTTP1: true } as object,
          handleHttp2,
        );
  const sessions = new Set<Http2Session>();
  for (const server of [http2, secure]) trackSessions(server, sessions, keepAliveMs);
  for (const server of [http1, http2, secure]) {
    // Node answers these itself, without a body, unless someone listens.
    server?.on("checkExpectation", handle);
  }
  for (const server of [http2, secure]) {
    // A tunnel to somewhere is a request like any other, and refused like one.
    server?.on("connect", (incoming: unknown, outgoing: unknown) => {
      if (isHttp2(outgoing)) handle(incoming as IncomingMessage, outgoing);
    });
  }
  for (const server of [http1, secure]) {
    server?.on("connect", (_incoming: unknown, socket: unknown) => {
      if (!isHttp2(socket)) void refuseTunnel(socket as Socket, options);
    });
  }
  for (const server of [http1, secure]) {
    if (server === undefined) continue;
    // SAFETY: a server of HTTP/2 that allows HTTP/1.1 has these events of Node's HTTP/1.1 server.
    answerClientErrors(server as Server, options.malformed);
    // Node watches over the time requests take from here on; this server never listens itself.
    server.emit("listening");
  }

  const sockets = new Set<Socket>();
  const port = createNetServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    route(socket, (first) => {
      if (first[0] === TLS_HANDSHAKE) return secure;
      return first[0] === HTTP2_PREFACE[0] && startsWithPreface(first) ? http2 : http1;
    });
  });
  // Those that are too many are closed as they come.
  port.maxConnections = options.connections;
  await new Promise<void>((resolve, reject) => {
    port.once("error", reject);
    port.listen(options.port, options.host, resolve);
  });
  return {
    port: (port.address() as AddressInfo).port,
    async close(drainMs) {
      await drain({ port, http1, sessions, sockets }, drainMs);
      http1.close();
      secure?.close();
    },
  };
}

function isHttp2(outgoing: unknown): outgoing is ServerResponse {
  return typeof (outgoing as { readonly setHeader?: unknown }).setHeader === "function";
}

async function refuseTunnel(socket: Socket, { malformed }: ListenerOptions): Promise<void> {
  socket.on("error", () => socket.destroy());
  socket.end(await malformed("CONNECT", socket.remoteAddress));
}

interface AnyServer {
  emit(event: "connection", socket: Socket): boolean;
}

/** Reads the first bytes, puts them back and hands the connection to the server that understands them. */
function route(socket: Socket, choose: (first: Buffer) => AnyServer | undefined): void {
  const tooLate = (): void => {
    socket.destroy();
  };
  const timer = setTimeout(tooLate, SNIFF_TIMEOUT_MS);
  let first: Buffer = Buffer.alloc(0);
  const sniff = (): void => {
    const more = socket.read() as Buffer | null;
    if (more === null) return;
    first = Buffer.concat([first, more]);
    // `POST` and `PRI ` differ in the second byte: one byte does not tell them apart. It is kept here, not
    // put back: a stream that has something to read would call again at once, for ever.
    if (first.length === 1 && first[0] === HTTP2_PREFACE[0]) return;
    stop();
    socket.unshift(first);
    const server = choose(first);
    if (server === undefined) socket.destroy();
    else server.emit("connection", socket);
  };
  const stop = (): void => {
    clearTimeout(timer);
    socket.off("readable", sniff);
    socket.off("end", tooLate);
    socket.off("close", stop);
  };
  socket.on("readable", sniff);
  socket.on("end", tooLate);
  socket.on("close", stop);
}

function startsWithPreface(first: Buffer): boolean {
  const length = Math.min(first.length, HTTP2_PREFACE.length);
  return first.subarray(0, length).equals(HTTP2_PREFACE.subarray(0, length));
}

function trackSessions(
  server: Http2Server | Http2SecureServer | undefined,
  sessions: Set<Http2Session>,
  idleMs: number,
): void {
  server?.on("session", (session: Http2Session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
    // A broken session is its client's loss; an unhandled error would be everybody's.
    session.on("error", () => session.destroy());
    session.setTimeout(idleMs, () => session.close());
  });
  server?.on("sessionError", () => undefined);
}

interface Open {
  readonly port: ReturnType<typeof createNetServer>;
  readonly http1: ReturnType<typeof createHttpServer>;
  readonly sessions: ReadonlySet<Http2Session>;
  readonly sockets: ReadonlySet<Socket>;
}

async function drain({ port, http1, sessions, sockets }: Open, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => port.close(() => resolve()));
  http1.closeIdleConnections();
  // GOAWAY: no new streams, those under way finish.
  for (const session of sessions) session.close();
  const deadline = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, drainMs);
  const idle = setInterval(() => http1.closeIdleConnections(), 50);
  await closed;
  clearTimeout(deadline);
  clearInterval(idle);
}
