export { UsageError } from "../usage-error.ts";
export { folderSource } from "./folder-source.ts";
export { readSchemas } from "./read-schemas.ts";
export {
  describeFileFault,
  isDirectory,
  isThere,
  readBytes,
  readFound,
} from "./regular-files.ts";
