// The plan as a bundle holds it: a third as long as the objects it stands for. The keys of objects, with
// the word that says what an object is, are named once in a table; so is each file that places are in.

import { type Plan, type SourceRef, setProperty } from "@writ/evaluator";

export interface PackedPlan {
  readonly files: readonly string[];
  readonly shapes: readonly PackedShape[];
  readonly plan: Packed;
}

/** Keys, sorted, but for `op`; then what `op` says. */
type PackedShape = readonly [keys: readonly string[], op?: string];

/** An object is an array that begins with the number of its shape; its values follow in the order of keys. */
type Packed = null | boolean | number | string | readonly Packed[];

const LIST = -1;
/** File (by index), start, end, line, column. */
const PLACE = -2;

interface PlainObject {
  readonly [key: string]: unknown;
}

export function packPlan(plan: Plan): PackedPlan {
  const files = new Map<string, number>();
  const shapes = new Map<string, number>();
  const pack = (part: unknown): Packed => {
    if (typeof part !== "object" || part === null) return part as Packed;
    if (Array.isArray(part)) return [LIST, ...part.map(pack)];
    if (isPlace(part)) {
      const { file, start, end, line, column } = part;
      return [PLACE, indexOf(files, file), start, end, line, column];
    }
    const object = part as PlainObject;
    const shape = shapeOf(object);
    return [indexOf(shapes, JSON.stringify(shape)), ...shape[0].map((key) => pack(object[key]))];
  };
  const packed = pack(plan);
  return {
    files: [...files.keys()],
    shapes: [...shapes.keys()].map((shape) => JSON.parse(shape) as PackedShape),
    plan: packed,
  };
}

function shapeOf(object: PlainObject): PackedShape {
  const { op } = object;
  const keys = Object.keys(object).sort();
  return typeof op === "string" ? [keys.filter((key) => key !== "op"), op] : [keys];
}

function indexOf(table: Map<string, number>, entry: string): number {
  const index = table.get(entry) ?? table.size;
  table.set(entry, index);
  return index;
}

/** Whatever else it may be: what looks like a place comes back as it was. */
function isPlace(part: object): part is SourceRef {
  return (
    Object.keys(part).sort().join() === "column,end,file,line,start" &&
    Object.entries(part).every(
      ([key, value]) => typeof value === (key === "file" ? "string" : "number"),
    )
  );
}

export function unpackPlan({ files, shapes, plan }: PackedPlan): Plan {
  const unpack = (part: Packed): unknown => {
    if (typeof part !== "object" || part === null) return part;
    const [tag, ...values] = part as readonly [number, ...Packed[]];
    if (tag === LIST) return values.map(unpack);
    if (tag === PLACE) {
      const [file, start, end, line, column] = values as readonly number[];
      return { file: files[file as number], start, end, line, column };
    }
    const [keys, op] = shapes[tag] as PackedShape;
    const object: { [key: string]: unknown } = op === undefined ? {} : { op };
    for (const [index, key] of keys.entries())
      setProperty(object, key, unpack(values[index] as Packed));
    return object;
  };
  return unpack(plan) as Plan;
}
