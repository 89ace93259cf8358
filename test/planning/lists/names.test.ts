import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readList } from "../../../src/planning/lists/names.ts";

describe("a list of leavers", () => {
  it.each([
    [
      "lines, commas and semicolons",
      "jonas, @mei\nAda Lovelace; a@x.org",
      ["jonas", "@mei", "Ada Lovelace", "a@x.org"],
    ],
    ["names before emails", "Ada <a@x.org>, Bob <b@x.org>", ["a@x.org", "b@x.org"]],
    ["an array", [" jonas ", "", "a@x.org"], ["jonas", "a@x.org"]],
    ["names in another case", "Jonas, @jonas, JONAS", ["Jonas"]],
    ["emails in another case", ["Ada@x.org", "ada@X.org"], ["Ada@x.org"]],
    ["nothing", " ,\n;", []],
  ])("reads %s", (_what, text, names) => {
    expect(readList(text)).toEqual({ names, unreadable: [] });
  });

  it("reads a CSV by its emails, each once, and names the lines that have none", () => {
    expect(readList("email,role\nA@x.org,Accountant\nnobody,Clerk\na@x.org,Clerk\n")).toEqual({
      names: ["a@x.org"],
      unreadable: [{ query: "line 3 (nobody,Clerk)", why: "not an email address" }],
    });
  });

  it("never loses a line of a CSV", () => {
    const cell = fc.oneof(fc.constantFrom("a@x.org", "b@y.org", '"', ""), fc.string());
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell)), (rows) => {
        const lines = rows
          .map((row) => row.join(",").replace(/[\r\n]/g, " "))
          .filter((line) => line.trim() !== "");
        const { names, unreadable } = readList(["email,role", ...lines].join("\n"));
        const read = lines.length - unreadable.length;
        expect(names.length).toBeLessThanOrEqual(read);
        expect(names.length > 0).toBe(read > 0);
      }),
    );
  });
});
