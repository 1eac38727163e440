// The credentials of the ways to model services. They are read again when their file has changed: keys that are given
// for a while are renewed while the gateway runs.

import { readFileSync, statSync } from "node:fs";
import type { SurfaceKind } from "@writ/surface";
import type { GatewayConfig, SurfaceConfig } from "./config.ts";
import { exposure, type NamedFile, readNamed } from "./named-file.ts";
import { type Checked, fine, type Problem } from "./problem.ts";
import { type SurfaceRow, surfaceList } from "./surfaces.ts";

/** A surface that the configuration sets up. */
export interface ConfiguredSurface extends SurfaceRow {
  readonly config: SurfaceConfig;
}

export function configuredSurfaces(config: GatewayConfig): readonly ConfiguredSurface[] {
  return surfaceList.flatMap((row) => {
    const configured = row.configOf(config);
    return configured === undefined ? [] : [{ ...row, config: configured }];
  });
}

function fileOf({ config, field, kind }: ConfiguredSurface): NamedFile {
  return {
    field: `${field}.credentials`,
    path: config.upstream.credentials,
    what: "the file of the upstream's credentials",
    remedy: kind.credentialsRemedy,
  };
}

/** Warnings about credentials that can be used, or the problems of those that cannot. */
export function checkCredentials(surface: ConfiguredSurface): Checked<readonly string[]> {
  const file = fileOf(surface);
  const bytes = readNamed(file);
  if (!bytes.ok) return bytes;
  const checked = surface.kind.checkCredentials(bytes.value.toString("utf8"), file.path);
  if (!checked.ok) {
    const problems = checked.problems.map((message): Problem => ({ field: file.field, message }));
    return { ok: false, problems };
  }
  const placeholder = checked.isPlaceholder
    ? [`${file.field}: ${file.path} still says REPLACE_ME: the upstream will refuse every call`]
    : [];
  return fine([...placeholder, ...exposure(file)]);
}

/** How often a file is looked at. */
const LOOK_MS = 1_000;

/** The text of a credentials file, as it is now; while it cannot be used, as it was. */
export function watchCredentials(kind: SurfaceKind, path: string): () => string {
  let text = "";
  let mtimeMs: number | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now - lookedAt < LOOK_MS) return text;
    lookedAt = now;
    try {
      const changed = statSync(path).mtimeMs;
      if (changed === mtimeMs) return text;
      const next = readFileSync(path, "utf8");
      if (text !== "" && !kind.checkCredentials(next, path).ok) return text;
      text = next;
      mtimeMs = changed;
    } catch {
      // A file that is being replaced is there again in a moment.
    }
    return text;
  };
}
