import fc from "fast-check";
import { expect, test } from "vitest";
import { nearest, typingMistakes } from "../../src/domain/nearest.ts";

const NAMES = ["stdio", "http", "doctor", "sandbox", "approvals", "audit", "init", "login", "logout"];

test.each([
  ["docter", "doctor"],
  ["dotcor", "doctor"],
  ["DOCTOR", "doctor"],
  ["aprovals", "approvals"],
  ["approv", "approvals"],
  ["sandboxx", "sandbox"],
  ["htpp", "http"],
  ["logn", "login"],
  ["log-out", "logout"],
  ["deploy", null],
  ["x", null],
  ["", null],
])("%s was meant to be %s", (typed, meant) => {
  expect(nearest(typed, NAMES)).toBe(meant);
});

const FLAGS = [
  "identity-http-host",
  "identity-http-port",
  "identity-login-port",
  "identity-read-only",
  "sandbox",
];

test.each([
  ["http-port", "identity-http-port"],
  ["read-only", "identity-read-only"],
  ["host", "identity-http-host"],
  ["HTTP-HOST", "identity-http-host"],
  // Two flags end so, and a part of a word is no last word.
  ["port", null],
  ["tp-port", null],
  ["only-read", null],
])("--%s without its beginning was meant to be %s", (typed, meant) => {
  expect(nearest(typed, FLAGS)).toBe(meant);
});

test("one mistake anywhere in a name finds the name", () => {
  const mistake = fc.tuple(fc.constantFrom(...NAMES.filter((name) => name.length > 5)), fc.nat(20));
  fc.assert(
    fc.property(mistake, ([name, at]) => {
      const place = at % name.length;
      expect(nearest(name.slice(0, place) + name.slice(place + 1), NAMES)).toBe(name);
      expect(nearest(`${name.slice(0, place)}q${name.slice(place)}`, NAMES)).toBe(name);
    }),
  );
});

test("mistakes are the same from both sides, and none between equal texts", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      expect(typingMistakes(a, b, 12)).toBe(typingMistakes(b, a, 12));
      expect(typingMistakes(a, a, 0)).toBe(0);
    }),
  );
});
