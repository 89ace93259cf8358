import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseInput } from "../../../src/server/call/input.ts";
import { catalog } from "../../../src/tools/catalog.ts";
import { mayTakeAway } from "../../../src/tools/define.ts";
import { failure } from "../../support/failure.ts";
import { EXAMPLES } from "../../tools/examples.ts";

const input = z.strictObject({
  who: z.string().min(1),
  note: z.string().trim().min(1).optional(),
  text: z.string().nullable().optional(),
  limit: z.int().min(1).max(100).optional(),
  share: z.number().min(0.1).optional(),
  from: z.int().min(1).default(1),
  kind: z.enum(["near", "far"]).default("near"),
  dryRun: z.boolean().optional(),
  list: z.array(z.string().min(1)).min(1).optional(),
  people: z.union([z.string().regex(/\S/), z.array(z.string())]).optional(),
  teams: z.record(z.string(), z.array(z.string())).optional(),
});
const read = (args: Readonly<Record<string, unknown>>, takesAway = false) =>
  parseInput("tool", input, { who: "ada", ...args }, takesAway);
const bare = read({});
const refusal = (work: () => unknown) => failure(Promise.resolve().then(work));

describe("a field that a client fills although it leaves it out", () => {
  it.each([
    ["null", { note: null, limit: null, share: null, from: null, kind: null, dryRun: null, list: null }],
    ["null for what takes several types", { people: null, teams: null }],
    ["a blank text", { note: "", people: "", kind: "", limit: "", from: " ", dryRun: "", teams: "" }],
    ["white space", { note: " \n", people: "\t" }],
    ["0 for a number from 1", { limit: 0, from: 0, share: 0 }],
    ["0 as text", { limit: "0", from: "0" }],
  ])("is left out: %s", (_what, args) => {
    expect(read(args)).toEqual(bare);
    expect(read(args, true)).toEqual(bare);
  });

  it("is cleared if null or a blank text has a meaning of its own", () => {
    expect(read({ text: null })).toHaveProperty("text", null);
    expect(read({ text: "" })).toHaveProperty("text", "");
  });

  it("is refused if it cannot be left out", async () => {
    for (const who of [null, "", 0, []])
      expect((await refusal(() => read({ who }))).message).toMatch(/tool cannot use these arguments: who: /);
  });
});

describe("values that come as JSON text", () => {
  it.each<[Record<string, unknown>, Record<string, unknown>]>([
    [{ limit: "25" }, { limit: 25 }],
    [{ limit: " 25 " }, { limit: 25 }],
    [{ share: "0.5" }, { share: 0.5 }],
    [{ share: "2" }, { share: 2 }],
    [{ dryRun: "true" }, { dryRun: true }],
    [{ dryRun: "False" }, { dryRun: false }],
    [{ list: '["a", "b"]' }, { list: ["a", "b"] }],
    [{ people: '["a@x.org","b@x.org"]' }, { people: ["a@x.org", "b@x.org"] }],
    [{ teams: '{"Sales":["Roadmap"]}' }, { teams: { Sales: ["Roadmap"] } }],
  ])("%j are read by the declared type", (given, expected) => {
    expect(read(given)).toEqual({ ...bare, ...expected });
    expect(read(given, true)).toEqual({ ...bare, ...expected });
  });

  it.each<[Record<string, unknown>]>([
    [{ note: "25" }],
    [{ note: "true" }],
    [{ note: '["a"]' }],
    [{ note: "null" }],
    [{ people: "[a@x.org](mailto:a@x.org)" }],
    [{ people: "[1, 2]" }],
    [{ people: '{"a":1}' }],
  ])("%j stay texts where a text is meant", (given) => {
    expect(read(given)).toEqual({ ...bare, ...given });
  });

  it.each<[Record<string, unknown>]>([
    [{ limit: "many" }],
    [{ limit: "2.5" }],
    [{ limit: "101" }],
    [{ limit: -1 }],
    [{ dryRun: "maybe" }],
    [{ dryRun: 1 }],
    [{ list: "a" }],
    [{ list: "[1]" }],
    [{ list: '["a"' }],
    [{ list: "null" }],
    [{ list: [null] }],
    [{ list: [""] }],
    [{ teams: "[]" }],
    [{ kind: "between" }],
  ])("%j are refused by their field", async (given) => {
    const [name] = Object.keys(given);
    for (const takesAway of [true, false]) {
      const { code, message } = await refusal(() => read(given, takesAway));
      expect({ code, message }).toEqual({
        code: "INPUT_INVALID",
        message: expect.stringMatching(new RegExp(`tool cannot use these arguments: ${name}`)),
      });
    }
  });
});

describe("the list of a tool that takes something away", () => {
  const unreadable = fc.constantFrom(
    "",
    " ",
    "\n",
    [],
    "[]",
    "null",
    "[",
    '[""]',
    "{}",
    "0",
    "undefined",
    "none",
  );
  const lists = catalog.filter(mayTakeAway).flatMap((tool) => {
    const { properties = {} } = z.toJSONSchema(tool.input, { io: "input", unrepresentable: "any" });
    return Object.entries(properties)
      .filter(([name, schema]) => typeof schema === "object" && schema.type === "array" && name !== "members")
      .map(([name]) => ({ tool, name }));
  });

  it("is there: the test looks at something", () => {
    expect(lists.map(({ tool, name }) => `${tool.name} ${name}`)).toEqual(
      expect.arrayContaining(["remove_from_boards boards", "offboard_member workspaces"]),
    );
  });

  /** What a test of the list alone does not look at; the examples that are prepared first do not have all of it. */
  const REST: Readonly<Record<string, object>> = { remediate_review: { reviewId: "review_1" } };

  it("is never widened to all by an empty or unreadable value", async () => {
    for (const { tool, name } of lists) {
      const { args } = EXAMPLES[tool.name] ?? { args: {} };
      await fc.assert(
        fc.asyncProperty(unreadable, async (value) => {
          const { code, message } = await refusal(() =>
            parseInput(
              tool.name,
              tool.input,
              { ...args, ...REST[tool.name], [name]: value },
              mayTakeAway(tool),
            ),
          );
          expect({ code, message }).toEqual({
            code: "INPUT_INVALID",
            message: expect.stringContaining(name),
          });
        }),
        { numRuns: 30 },
      );
    }
  });
});

describe("the optional fields of every tool", () => {
  const optional = catalog.flatMap((tool) => {
    const { properties = {}, required = [] } = z.toJSONSchema(tool.input, {
      io: "input",
      unrepresentable: "any",
    });
    const { args } = EXAMPLES[tool.name] ?? { args: {} };
    return Object.entries(properties)
      .filter(([name]) => !required.includes(name) && !(name in args))
      .map(([name, schema]) => ({ tool, name, args, schema: schema as { readonly type?: string } }));
  });
  // Null and a blank text clear it.
  const CLEARED = ["update_my_profile bio"];
  const rows = optional.filter(({ tool, name }) => !CLEARED.includes(`${tool.name} ${name}`));
  const parsed = (tool: (typeof catalog)[number], args: unknown) =>
    tool.input.safeParse(args).success ? parseInput(tool.name, tool.input, args, mayTakeAway(tool)) : null;

  it("are left out by null", () => {
    expect(rows.length).toBeGreaterThan(80);
    for (const { tool, name, args } of rows) {
      const without = parsed(tool, args);
      if (without === null) continue;
      const given = { ...args, [name]: null };
      expect([tool.name, name, parseInput(tool.name, tool.input, given, mayTakeAway(tool))]).toEqual([
        tool.name,
        name,
        without,
      ]);
    }
  });

  it("are left out by a blank text, but for the lists of a tool that takes something away", () => {
    for (const { tool, name, args, schema } of rows) {
      const without = parsed(tool, args);
      if (without === null || (schema.type === "array" && mayTakeAway(tool))) continue;
      const given = { ...args, [name]: "" };
      expect([tool.name, name, parseInput(tool.name, tool.input, given, mayTakeAway(tool))]).toEqual([
        tool.name,
        name,
        without,
      ]);
    }
  });

  it("are not left out by 0 if they are a list or a word of a tool that takes something away", () => {
    const taking = rows.filter(
      ({ tool, schema }) => mayTakeAway(tool) && (schema.type === "array" || schema.type === "string"),
    );
    expect(taking.length).toBeGreaterThan(20);
    for (const { tool, name, args } of taking) {
      const given = { ...args, [name]: 0 };
      expect(() => parseInput(tool.name, tool.input, given, true), `${tool.name} ${name}`).toThrow(name);
    }
  });

  it("clear a profile text", () => {
    const profile = catalog.find(({ name }) => name === "update_my_profile");
    for (const bio of [null, ""])
      expect(profile && parseInput(profile.name, profile.input, { bio }, false)).toEqual({ bio: "" });
  });
});
