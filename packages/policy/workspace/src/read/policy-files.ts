// Which files of a source make the policy set, and which look as if they did and are not read. `check`, `test`, `build`,
// `diff` and all others ask here.

import { usageError } from "../usage-error.ts";
import { type FileSource, isAside } from "./file-source.ts";

/** What a file is to a policy set. */
export type Role = "rego" | "yaml" | "data" | "test" | "vocabulary" | "schema" | "data-schema";

const ROLES: readonly (readonly [RegExp, Role])[] = [
  [/\.rego$/, "rego"],
  [/(?:^|\/)schemas?\/.+\.json$/, "schema"],
  [/(?:^|\/)data\.schema\.json$/, "data-schema"],
  [/(?:^|\/)data\.(?:json|ya?ml)$/, "data"],
  [/\.test\.ya?ml$/, "test"],
  [/(?:^|\/)vocabulary\.ya?ml$/, "vocabulary"],
  [/\.ya?ml$/, "yaml"],
];

/** A file that is not read although its name says, in some way, that it is of a policy set. */
export interface SkippedFile {
  readonly path: string;
  readonly why: string;
}

/** The files of a source that are read, and those that only look so. */
export interface PolicyFiles {
  readonly files: readonly { readonly path: string; readonly role: Role | undefined }[];
  readonly skipped: readonly SkippedFile[];
}

/** In one order on every machine. Stops where something stands that is neither a file nor may be left out. */
export function selectFiles(source: FileSource): PolicyFiles {
  const entries = source
    .list()
    .toSorted(({ path: a }, { path: b }) => (a < b ? -1 : Number(a > b)));
  const own = entries.filter(({ path }) => !isAside(path));
  for (const { path, problem } of own) {
    if (problem !== undefined) throw usageError(`${source.name}/${path} is ${problem}`);
    if (path.includes("\ufffd"))
      throw usageError(`${source.name}/${path} has a name that is no UTF-8`);
  }
  const aside = entries.flatMap(({ path, problem }) =>
    isAside(path) && problem === undefined ? [path] : [],
  );
  const hiddenYaml = aside.filter((path) => /\.ya?ml$/i.test(path));
  const texts = source.read(hiddenYaml);
  const skipped = entries.flatMap(({ path }) => {
    const why = isAside(path) ? whyAside(path, texts) : whyNoRole(path);
    return why === undefined ? [] : [{ path, why }];
  });
  const files = own.map(({ path }) => ({ path, role: roleOf(path) }));
  return { files, skipped };
}

export function roleOf(path: string): Role | undefined {
  return ROLES.find(([pattern]) => pattern.test(path))?.[1];
}

/** `deny.rego.bak`, `deny.rego~` and `deny.REGO`, too. */
const LIKE_REGO = /\.rego(?:$|[^a-z0-9/][^/]*$)/i;

function whyAside(path: string, texts: ReadonlyMap<string, string>): string | undefined {
  // Kubernetes keeps what it mounts in folders called so, and links to it.
  if (path.split("/").some((part) => part.startsWith(".."))) return undefined;
  const isLikePolicy = LIKE_REGO.test(path) || isRules(texts.get(path) ?? "");
  if (!isLikePolicy) return undefined;
  return path.split("/").includes("node_modules") ? "it is in `node_modules`" : "it is hidden";
}

/** Whether YAML holds rules. */
export function isRules(text: string): boolean {
  return /^package:/m.test(text);
}

function whyNoRole(path: string): string | undefined {
  if (roleOf(path) !== undefined) return undefined;
  const usual = path.toLowerCase();
  if (roleOf(usual) !== undefined) return "endings and names are written in small letters";
  return LIKE_REGO.test(path) ? "its name does not end in `.rego`" : undefined;
}
