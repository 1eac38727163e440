import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Places } from "./places.ts";

describe("places", () => {
  it("are those of the text until something else is said", () => {
    const places = new Places();
    expect([0, 1, 7].map((view) => places.startOf(view))).toEqual([0, 1, 7]);
    expect([0, 1, 7].map((view) => places.endOf(view))).toEqual([1, 2, 8]);
    places.add(2, 5, 1);
    expect([0, 1, 2, 3].map((view) => places.startOf(view))).toEqual([0, 1, 5, 6]);
    places.add(3, 6, 4);
    places.add(4, 10, 1);
    expect([2, 3, 4, 5].map((view) => [places.startOf(view), places.endOf(view)])).toEqual([
      [5, 6],
      [6, 10],
      [10, 11],
      [11, 12],
    ]);
  });

  it("are those that were said, of characters of any width, forgotten or not", () => {
    const character = fc.record({ gap: fc.nat(2), width: fc.integer({ min: 1, max: 6 }) });
    fc.assert(
      fc.property(
        fc.array(character, { minLength: 1, maxLength: 400 }),
        fc.nat(400),
        (characters, before) => {
          const places = new Places();
          let text = 0;
          const said = characters.map(({ gap, width }, view) => {
            text += gap;
            places.add(view, text, width);
            text += width;
            return [text - width, text];
          });
          const first = Math.min(before, said.length - 1);
          places.forgetBefore(first);
          for (let view = first; view < said.length; view += 1)
            expect([places.startOf(view), places.endOf(view)]).toEqual(said[view]);
        },
      ),
    );
  });
});
