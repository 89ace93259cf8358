import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseInput } from "../../../src/server/call/input.ts";

const input = z.strictObject({
  emails: z.union([z.string().max(30), z.array(z.string().max(10)).max(3)]).optional(),
  role: z.enum(["admin", "normal"]).optional(),
});
const refusal = (args: unknown): string => {
  try {
    parseInput("invite_members", input, args, false);
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
  throw new Error("it was taken");
};

describe("arguments that cannot be used", () => {
  it("are said to be too many where a field takes a text or a list", () => {
    expect(refusal({ emails: ["a", "b", "c", "d"] })).toBe(
      "invite_members cannot use these arguments: emails: Too big: expected array to have <=3 items.",
    );
    expect(refusal({ emails: "a@x.org ".repeat(9) })).toMatch(/emails: Too big: expected string/);
  });

  it("name the item of the list that is wrong", () => {
    expect(refusal({ emails: ["a", 5] })).toMatch(
      /emails\.1: Invalid input: expected string, received number/,
    );
    expect(refusal({ emails: ["a", "b".repeat(11)] })).toMatch(/emails\.1: Too big/);
  });

  it("are named by field where no form fits", () => {
    expect(refusal({ emails: 5 })).toMatch(/emails: Invalid input/);
    expect(refusal({ role: "owner", colour: "red" })).toMatch(/role: .+; unknown field colour/);
  });
});
