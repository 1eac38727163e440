// The folder of the checkout. This file and the bundle of the command (`packages/apps/cli/dist`) are equally deep in it.

import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("../../../../", import.meta.url));
