import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clean, folded, listNames, nameKey, titledList } from "../../src/domain/text.ts";

/** From a code point, so that this file itself hides nothing. */
const at = (...points: readonly number[]) => String.fromCodePoint(...points);

describe("what names are compared by", () => {
  test.each([
    ["Louda Peña", "louda pena"],
    ["José Ángel Núñez", "jose angel nunez"],
    ["O’Brien", "o'brien"],
    ["Liam O´Brien", "Liam OBrien"],
    ["D'Arcy", "DArcy"],
    ["DʼAngelo", "D’Angelo"],
    ["Anna Straße", "ANNA STRASSE"],
    ["İbrahim Işık", "ibrahim isik"],
    ["Henrik Sørensen", "henrik sorensen"],
    ["Łukasz Wójcik", "lukasz wojcik"],
    ["Tomás Herrera", "Tomás  HERRERA"],
    ["Ｊane", "Jane"],
    ["Anne‐Marie", "Anne-Marie"],
    [`ශ්${at(0x200d)}රී`, "ශ්රී"],
  ])("%s is %s", (name, typed) => {
    expect(nameKey(name)).toBe(nameKey(typed));
  });

  test("are still different for different names, and nothing for nothing", () => {
    expect(new Set(["Ann", "Anna", "An na", "Аnn", "李小龍"].map(nameKey)).size).toBe(5);
    expect(nameKey(at(0x200b, 0x301))).toBe("");
  });
});

describe("upstream text that is shown", () => {
  test("keeps what people are called", () => {
    for (const name of [
      "Jane Doe",
      "Søren Åberg",
      "李小龍",
      "محمد علي",
      "O'Brien-Müller",
      "Zoë 🎉",
      "J. R.",
    ]) {
      expect(clean(name)).toBe(name);
    }
  });

  const zwj = at(0x200d);
  const zwnj = at(0x200c);

  test("keeps the joiners that a script or an emoji is written with, as they are", () => {
    for (const name of [
      `ශ්${zwj}රී කුමාර`,
      `می${zwnj}خواهم`,
      `क्${zwj}ष Rao`,
      `👩${zwj}👩${zwj}👧 Ann`,
      `❤${at(0xfe0f)}${zwj}🔥 Kim`,
      `👩🏽${zwj}🚀`,
    ]) {
      expect(clean(name)).toBe(name);
    }
  });

  test("loses joiners that draw nothing: between Latin letters, at an end, two in a row", () => {
    expect(clean(`Ja${zwj}ne`)).toBe("Ja ne");
    expect(clean(`Jane${zwnj}`)).toBe("Jane");
    expect(clean(`م${zwnj}${zwnj}خ`)).toBe("م خ");
    expect(clean(`م${zwj}`)).toBe("م");
  });

  test("loses control characters and terminal escapes", () => {
    expect(clean(`Robin${at(0, 7, 0x1b)}[31m Vale${at(0x7f, 0x9b)}`)).toBe("Robin [31m Vale");
    expect(clean("one\ntwo\r\n\tthree")).toBe("one two three");
  });

  for (const [name, points] of [
    ["bidirectional overrides", [0x202e, 0x202c, 0x2066, 0x2069, 0x200f, 0x061c]],
    ["zero-width characters", [0x200b, 0x200d, 0x2060, 0xfeff, 0x00ad]],
    ["tag characters, which spell text that only a model sees", [0xe0049, 0xe0067, 0xe006e, 0xe007f]],
    ["variation selectors, which carry bytes unseen", [0xfe00, 0xfe0f, 0xe0100, 0xe01ef]],
    ["fillers and joiners drawn as nothing", [0x3164, 0x115f, 0xffa0, 0x034f]],
    ["line and paragraph separators", [0x2028, 0x2029]],
    ["private use and unassigned characters", [0xe000, 0xf8ff, 0x0378]],
  ] as const) {
    test(`loses ${name}`, () => {
      const hidden = points.map((point) => at(point)).join("");
      expect(clean(`Jane${hidden}Doe`)).toBe("Jane Doe");
      expect(clean(hidden)).toBe("");
    });
  }

  test("loses lone halves of surrogate pairs, also one that a cut leaves behind", () => {
    expect(clean("a\ud83db")).toBe("a b");
    expect(clean("\udc00")).toBe("");
    const cut = clean(`${"x".repeat(1_999)}🎉`);
    expect(cut).not.toMatch(/\p{Cs}/u);
  });

  test("has each letter in one spelling, however it was typed", () => {
    for (const name of ["Tomás Herrera", "Henrik Sørensen", "Ivan Marković", "Chloé Dubois", "한국어"]) {
      expect(clean(name.normalize("NFD"))).toBe(name.normalize("NFC"));
    }
    const letters = "é".repeat(50);
    expect(clean(letters.normalize("NFD"), 50)).toBe(letters);
    expect(clean(letters.normalize("NFD"), 10)).toBe(`${"é".repeat(9)}…`);
    expect(folded("TOMA\u0301S  Herrera")).toBe("tom\u00e1s herrera");
  });

  test("is cut to the characters asked for, and says so", () => {
    expect(clean("x".repeat(10_000))).toBe(`${"x".repeat(99)}…`);
    expect(clean("🎉".repeat(10_000), 10)).toBe(`${"🎉".repeat(9)}…`);
    expect(clean("x".repeat(100))).toBe("x".repeat(100));
  });

  test("is always short, on one line, well-formed and settled, whatever came in", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 400 }),
        fc.integer({ min: 1, max: 120 }),
        (text, max) => {
          const shown = clean(text, max);
          expect(Array.from(shown).length).toBeLessThanOrEqual(max);
          expect(shown).not.toMatch(
            /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]|^\s|\s$|\s\s/u,
          );
          expect(clean(shown, max)).toBe(shown);
        },
      ),
      { numRuns: 500 },
    );
  }, 120_000);

  test("of ten million characters takes no longer than of few: it is cut first", () => {
    expect(clean(`${"\u200b".repeat(10_000_000)}Jane`)).toBe("");
  });
});

describe("a list in one line", () => {
  for (const [names, max, options, line] of [
    [[], 10, {}, ""],
    [["Ada"], 10, {}, "Ada"],
    [["Ada", "Bob"], 2, {}, "Ada, Bob"],
    [["Ada", "Bob", "Cy"], 2, {}, "Ada, Bob and 1 more"],
    [["Ada", "Bob"], 2, { count: 5 }, "Ada, Bob and 3 more"],
    [["Doe, Jane", "Roe, Rick", "Poe, Pat"], 2, { separator: "; " }, "Doe, Jane; Roe, Rick and 1 more"],
  ] as const) {
    test(`of ${names.length} names, ${max} shown: "${line}"`, () => {
      expect(listNames(names, max, options)).toBe(line);
    });
  }

  test("names every name or counts it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,5}$/)),
        fc.integer({ min: 1, max: 12 }),
        (names, max) => {
          const [shown = "", more = "0"] = listNames(names, max).split(/ and (\d+) more$/);
          const written = shown === "" ? [] : shown.split(", ");
          expect(written).toEqual(names.slice(0, max));
          expect(written.length + Number(more)).toBe(names.length);
        },
      ),
    );
  });
});

test.each([
  [[], 10, []],
  [["Ada"], 10, ["Groups: Ada"]],
  [["Ada", "Bob", "Cem"], 3, ["Groups: Ada, Bob, Cem"]],
  [["Ada", "Bob", "Cem"], 1, ["Groups: Ada and 2 more"]],
])("a titled list of %j, at most %i, is %j", (names, max, lines) => {
  expect(titledList("Groups", names, max)).toEqual(lines);
});
