// Which hosts may be reached, as people name them: `api.example.com`, `127.0.0.1:8181`, `[::1]:80`.

export interface AllowedHost {
  readonly host: string;
  /** Absent: any. */
  readonly port?: number;
}

/** Undefined: that is no host. */
export function readHost(text: string): AllowedHost | undefined {
  const [, name = "", port] =
    /^(\[[0-9a-fA-F:.]+\]|[^\s:/?#@\\[\]*]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = URL.parse(`http://${name}/`)?.hostname;
  if (name === "" || host === undefined || Number(port ?? 1) > 65_535) return undefined;
  return port === undefined ? { host } : { host, port: Number(port) };
}

const PORTS: { readonly [protocol: string]: number | undefined } = { "http:": 80, "https:": 443 };

/** The host as a URL has it, after all that a URL can be spelt like. */
export function isAllowed(url: string, allowed: readonly AllowedHost[]): boolean {
  const asked = URL.parse(url);
  const usual = asked === null ? undefined : PORTS[asked.protocol];
  if (asked === null || usual === undefined) return false;
  const port = asked.port === "" ? usual : Number(asked.port);
  return allowed.some((each) => each.host === asked.hostname && (each.port ?? port) === port);
}
