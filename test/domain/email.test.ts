import { expect, it } from "vitest";
import { comparableEmail } from "../../src/domain/email.ts";

it.each([
  ["ada@corp.example", "ada@corp.example"],
  [" ADA@Corp.Example ", "ada@corp.example"],
  ["ada@BÜCHER.example", "ada@xn--bcher-kva.example"],
  ["ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"],
  // Decomposed letters, full-width letters and an invisible character are the same address.
  ["ada@bu\u0308cher.example", "ada@xn--bcher-kva.example"],
  ["ada\uff20corp.example", "ada@corp.example"],
  ["ada\u200b@corp.example", "ada@corp.example"],
  // Other mailboxes can differ by these.
  ["ada+trello@corp.example", "ada+trello@corp.example"],
  ["a.da@corp.example", "a.da@corp.example"],
  ["ada_b@corp.example", "ada_b@corp.example"],
])("%j is compared as %s", (text, email) => {
  expect(comparableEmail(text)).toBe(email);
});

it.each([
  null,
  undefined,
  "",
  "  ",
  "n/a",
  "ada",
  "ada@",
  "@corp.example",
  "ada@corp",
  "ada lovelace@corp.example",
  "ada@corp.example, bo@corp.example",
  "Ada <ada@corp.example>",
  "ada@@corp.example",
])("%j is no email", (text) => {
  expect(comparableEmail(text)).toBeNull();
});
