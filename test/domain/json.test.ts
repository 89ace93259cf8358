import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, type Json } from "../../src/domain/json.ts";

const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);

describe("canonical JSON", () => {
  test("sorts members at every depth, keeps the order of lists, and has no spaces", () => {
    expect(canonicalJson({ b: [2, 1, { d: null, c: true }], a: "ä" })).toBe(
      '{"a":"ä","b":[2,1,{"c":true,"d":null}]}',
    );
    expect(canonicalJson([])).toBe("[]");
    expect(canonicalJson({})).toBe("{}");
  });

  test("sorts by code unit, not by the language of the machine", () => {
    expect(canonicalJson({ ä: 1, Z: 2, a: 3, "10": 4, "9": 5 })).toBe('{"10":4,"9":5,"Z":2,"a":3,"ä":1}');
  });

  test("leaves out members that are undefined, as JSON does", () => {
    expect(canonicalJson({ a: undefined, b: 1 } as unknown as Json)).toBe('{"b":1}');
  });

  test("means the same value", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(value);
      }),
    );
  });

  test("is one text for one value, and another for another", () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        const copy = JSON.parse(canonicalJson(a)) as Json;
        expect(canonicalJson(copy)).toBe(canonicalJson(a));
        const same = isEqual(a, b);
        expect(canonicalJson(a) === canonicalJson(b)).toBe(same);
      }),
    );
  });
});

function isEqual(a: unknown, b: unknown): boolean {
  try {
    expect(a).toStrictEqual(b);
    return true;
  } catch {
    return false;
  }
}
