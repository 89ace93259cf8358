import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isOneErrorApart, nearest, nearness } from "../../src/people/near.ts";

describe("one typing error", () => {
  const letters = "abcdefghijklmnopqrstuvwxyzøł";
  const word = fc.string({ unit: fc.constantFrom(...letters), minLength: 4, maxLength: 12 });

  test("is any letter too many, too few or another, and two neighbours swapped", () => {
    fc.assert(
      fc.property(word, fc.nat(), fc.constantFrom(...letters), (text, where, letter) => {
        const at = where % text.length;
        const [head, tail] = [text.slice(0, at), text.slice(at)];
        const swapped = at > 0 ? head.slice(0, -1) + tail[0] + head.at(-1) + tail.slice(1) : text;
        for (const typed of [
          head + letter + tail,
          head + tail.slice(1),
          head + letter + tail.slice(1),
          swapped,
        ]) {
          expect(isOneErrorApart(text, typed)).toBe(true);
          expect(isOneErrorApart(typed, text)).toBe(true);
        }
      }),
    );
  });

  test.each([
    ["jonas", "joans", true],
    ["jonas", "jnoas", true],
    ["jonas", "janos", false],
    ["jonas", "jo", false],
    ["jonas", "tomas", false],
    ["", "", true],
  ])("%s and %s: %s", (one, other, is) => {
    expect(isOneErrorApart(one, other)).toBe(is);
  });
});

describe("a text is near to a name", () => {
  test.each([
    ["Tomas", "Tomás Herrera"],
    ["herrera", "Tomás Herrera"],
    ["Henrik Sorensen", "Henrik Sørensen"],
    ["Soerensen", "Henrik Sørensen"],
    ["Lindqvist, Jonas", "Jonas Lindqvist"],
    ["J. Lindqvist", "Jonas Lindqvist"],
    ["Jonas L.", "Jonas Lindqvist"],
    ["Jonas Lindquist", "Jonas Lindqvist"],
    ["Joans Lindqvist", "Jonas Lindqvist"],
    ["Liam OBrien", "Liam O’Brien"],
    ["Liam O Brien", "Liam O'Brien"],
    ["Mueller", "Jörg Müller"],
    ["Anne Marie", "Anne-Marie Dupont"],
    ["Zoe", "Zoë Brandt"],
    ["Jonas Erik Lindqvist", "Jonas Lindqvist"],
    ["Robin Vale", "robinvale"],
    ["Alex Morgan", "Alexander Morgan"],
    ["northwind", "northwindoperations"],
    ["Bjoern Aakerstroem", "Björn Åkerström"],
    ["Juergen Weiss", "Jürgen Weiß"],
    ["Wisniewski, Lukasz", "Łukasz Wiśniewski"],
    ["Lukasz Wisnewski", "Łukasz Wiśniewski"],
    ["ibrahim isik", "İbrahim Işık"],
    ["Siobhan O Connor Levesque", "Siobhán O’Connor-Lévesque"],
    ["Nunez Garcia Maria Jose", "María José Núñez García"],
    ["Maria Nunez", "María José Núñez García"],
    ["山田太郎", "山田 太郎"],
    ["太郎 山田", "山田 太郎"],
    ["محمد الاحمد", "محمد الأحمد"],
    ["Zoe Party", "Zoë 🎉 Party"],
    ["JR Tolkien", "J. R. Tolkien"],
    ["Sören Ägidius", "Søren Ægidius"],
  ])("%s: %s", (query, name) => {
    expect(nearness(query, name)).not.toBeNull();
  });

  test.each([
    ["Jonas Lindqvist", "Tomás Herrera"],
    ["J.", "Jonas Lindqvist"],
    ["Tom Smith", "Tomás Herrera"],
    ["Ann Lee", "Anna Petrova"],
    ["boss@example.com", "Boss"],
    ["", "Ada"],
    ["Ada", ""],
    ["Maria Santos", "Mario Sanchez"],
    ["Bjoern Borg", "Björn Åkerström"],
    ["山本太郎", "山田 花子"],
  ])("%s is not %s", (query, name) => {
    expect(nearness(query, name)).toBeNull();
  });

  test("gives the nearest first", () => {
    const names = ["Jonathan Lindstrom", "Jonas Lindquist", "Jonas Lindqvist", "Amara Okafor"];
    expect(nearest("jonas lindqvist", names, (name) => [name])).toEqual([
      "Jonas Lindqvist",
      "Jonas Lindquist",
    ]);
  });
});
