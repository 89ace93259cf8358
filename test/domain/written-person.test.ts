import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emailOf, plainEmailFor } from "../../src/domain/email.ts";
import { writtenPerson } from "../../src/domain/written-person.ts";

const email = (value: string, fullName?: string) => ({ kind: "email", value, ...(fullName && { fullName }) });
const username = (value: string, fullName?: string) => ({
  kind: "username",
  value,
  ...(fullName && { fullName }),
});

describe("one person as people write them", () => {
  it.each([
    ["a@x.org", email("a@x.org")],
    [" A@X.Org. ", email("a@x.org")],
    ["<a@x.org>", email("a@x.org")],
    ["'a@x.org'", email("a@x.org")],
    ["“a@x.org”", email("a@x.org")],
    ["(a@x.org),", email("a@x.org")],
    ["mailto:a@x.org", email("a@x.org")],
    ["mailto:a@x.org?subject=Goodbye", email("a@x.org")],
    ["<mailto:a@x.org>", email("a@x.org")],
    ["<mailto:a@x.org|a@x.org>", email("a@x.org")],
    ["[a@x.org](mailto:a@x.org)", email("a@x.org")],
    ["[Ada Roe](mailto:a@x.org)", email("a@x.org", "Ada Roe")],
    ["Ada Roe <a@x.org>", email("a@x.org", "Ada Roe")],
    ["Roe, Ada <a@x.org>", email("a@x.org", "Roe, Ada")],
    ['"Roe, Ada" <a@x.org>;', email("a@x.org", "Roe, Ada")],
    ["Ada Roe (a@x.org)", email("a@x.org", "Ada Roe")],
    ["a@x.org <a@x.org>", email("a@x.org")],
    ["\uFEFFa\u200B@x.org\u00A0", email("a@x.org")],
    ["@ada_roe", username("ada_roe")],
    ["Ada Roe (@ada_roe)", username("ada_roe", "Ada Roe")],
    ["https://trello.com/u/Ada_Roe", username("ada_roe")],
    ["trello.com/adaroe/", username("adaroe")],
    ["https://trello.com/AdaRoe?utm_source=mail", username("adaroe")],
    ["https://trello.com/u/adaroe/cards#top", username("adaroe")],
    ["https://trello.com/u/adaroe/activity", username("adaroe")],
    ["65A0000000000000000000FF", { kind: "id", value: "65a0000000000000000000ff" }],
  ])("reads %j", (text, person) => {
    expect(writtenPerson(text)).toEqual(person);
  });

  it.each([
    "",
    "ada",
    "Ada Roe",
    "Roe, Ada",
    "a@x.org, b@x.org",
    "a@x.org b@x.org",
    "see a@x.org",
    "Example: a@x.org",
    "a@x.org <b@x.org>",
    "[b@x.org](mailto:a@x.org)",
    "<mailto:a@x.org|b@x.org>",
    "Ada <nowhere>",
    "<>",
    "https://trello.com/b/AbCdEf12/roadmap",
    "https://trello.com/login",
    "https://example.org/u/ada",
    "a@x",
    "65a0000000000000000000f",
  ])("takes %j for no person", (text) => {
    expect(writtenPerson(text)).toBeNull();
  });

  it("never throws, and reads its own result again", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.emailAddress()), (text) => {
        const person = writtenPerson(text);
        if (!person) return;
        const again = person.kind === "username" ? `@${person.value}` : person.value;
        expect(writtenPerson(again)).toMatchObject({ kind: person.kind, value: person.value });
      }),
      { numRuns: 500 },
    );
  });
});

describe("an email address", () => {
  it.each([".a@x.org", "a.@x.org", "a..b@x.org", "@x.org", "a@.org", "a@x", "a@x..org", "a b@x.org"])(
    "is not %s",
    (text) => {
      expect(emailOf(text)).toBeNull();
    },
  );

  it.each(["a.b.c@x.org", "o'brien+it@sub.x-y.co.uk", "_a@x.org", "a-@x.org"])("is %s", (text) => {
    expect(emailOf(text)).toBe(text);
  });

  it.each([
    ["ada＠example．org", "ada@example.org"],
    ["ＡＤＡ@example.org", "ada@example.org"],
    ["ada@bücher.example", "ada@xn--bcher-kva.example"],
    ["ada@例え.jp", "ada@xn--r8jz45g.jp"],
    ["ada@example。org", "ada@example.org"],
  ])("is told for %s", (text, instead) => {
    expect(emailOf(text)).toBeNull();
    expect(plainEmailFor(text)).toBe(instead);
  });

  it.each(["ada@example.org", "ada", "jö@example.org", "ada@", "@"])("is not told for %s", (text) => {
    expect(plainEmailFor(text)).toBeNull();
  });
});
