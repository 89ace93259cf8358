import { describe, expect, it } from "vitest";
import { z } from "zod";
import { inputSchema, outputSchema, toolListing } from "../../src/server/tool-list.ts";
import { catalog } from "../../src/tools/catalog.ts";
import { smallTools } from "../support/small-server.ts";

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

describe("the tool list", () => {
  const listed = toolListing(smallTools, "client");
  const byName = Object.fromEntries(listed.map((tool) => [tool.name, tool]));

  it("derives all four hints from what a tool does", () => {
    expect(Object.fromEntries(listed.map(({ name, annotations }) => [name, annotations]))).toEqual({
      look: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
      remove_thing: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
      rename_thing: {
        readOnlyHint: false,
        destructiveHint: false,
        idempotentHint: true,
        openWorldHint: true,
      },
      apply_plan: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
    });
  });

  it("marks the tools that a person is asked about, with the configured minimum", () => {
    const marked = { "trello-identity/confirmation": { required: true, minimum: "client" } };
    expect(byName["remove_thing"]).toHaveProperty("_meta", marked);
    expect(byName["apply_plan"]).toHaveProperty("_meta", marked);
    expect(byName["look"]).not.toHaveProperty("_meta");
    expect(byName["rename_thing"]).not.toHaveProperty("_meta");
    const strict = toolListing(smallTools, "four_eyes").find(({ name }) => name === "remove_thing");
    expect(strict).toHaveProperty("_meta", {
      "trello-identity/confirmation": { required: true, minimum: "four_eyes" },
    });
  });

  it("writes input schemas short and closed", () => {
    expect(byName["look"]?.inputSchema).toEqual({
      type: "object",
      properties: {
        name: { type: "string" },
        how: { type: "string", enum: ["near", "far"], description: "default near" },
        times: { type: "integer" },
        contact: { type: "string" },
      },
      required: ["name"],
      additionalProperties: false,
    });
  });

  it("tells a text or a list as a text: some hosts refuse a schema of two types", () => {
    const schema = inputSchema(
      z.strictObject({ list: z.union([z.string(), z.array(z.string())]).optional() }),
    );
    expect(schema["properties"]).toEqual({ list: { type: "string" } });
  });

  it("keeps a field that is called like a keyword", () => {
    const schema = inputSchema(z.strictObject({ pattern: z.string(), minimum: z.number().int() }));
    expect(schema["properties"]).toEqual({ pattern: { type: "string" }, minimum: { type: "integer" } });
  });

  it("writes output schemas as names and types, requiring nothing", () => {
    expect(
      outputSchema(
        z.strictObject({
          rows: z.array(z.strictObject({ id: z.string() })),
          cursor: z.string().nullable(),
          kind: z.enum(["a", "b"]),
          either: z.union([z.string(), z.number()]),
        }),
      ),
    ).toEqual({
      type: "object",
      properties: {
        rows: { type: "array" },
        cursor: { anyOf: [{ type: "string" }, { type: "null" }] },
        kind: { type: "string" },
        either: { anyOf: [{ type: "string" }, { type: "number" }] },
      },
    });
    expect(() => outputSchema(z.strictObject({ any: z.unknown() }))).toThrow("has no type");
  });
});

describe("the catalog", () => {
  it("marks every tool that can need a confirmation; these never do", () => {
    const silent = toolListing(catalog, "client")
      .filter(({ annotations, _meta }) => !annotations?.readOnlyHint && _meta === undefined)
      .map(({ name }) => name);
    expect(silent).toEqual(["update_my_profile", "create_webhook"]);
  });

  it("costs at most 230 tokens a tool on average, at four bytes a token", () => {
    const listed = toolListing(catalog, "client");
    const costs = listed.map((tool) => ({ name: tool.name, tokens: Math.ceil(bytes(tool) / 4) }));
    const total = costs.reduce((sum, { tokens }) => sum + tokens, 0);
    // The list is part of what is compared, so that a failure shows where the tokens went.
    expect(total > 230 * costs.length ? costs : []).toEqual([]);
  });

  it("gives a model less than 6,000 tokens; a client 8,500 with the default toolsets and 12,000 with all", () => {
    const defaults = new Set(["directory", "membership", "offboarding", "scim", "all"]);
    const listed = (tools: typeof catalog) => toolListing(tools, "client");
    const byDefault = listed(catalog.filter(({ toolset }) => defaults.has(toolset)));
    const given = byDefault.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
    expect(Math.ceil(bytes(given) / 4)).toBeLessThan(6000);
    expect(Math.ceil(bytes(byDefault) / 4)).toBeLessThan(8500);
    expect(Math.ceil(bytes(listed(catalog)) / 4)).toBeLessThan(12_000);
  });

  it("describes every tool in at most two sentences, and refuses unknown fields everywhere", () => {
    expect(catalog.length).toBeGreaterThan(0);
    for (const tool of toolListing(catalog, "client")) {
      const sentences = (tool.description ?? "").split(/[.!?](?:\s|$)/u).filter(Boolean).length;
      expect({ ...tool, brief: sentences === 1 || sentences === 2 }).toMatchObject({
        name: expect.stringMatching(/^[a-z_]+$/u),
        title: expect.stringMatching(/./u),
        brief: true,
        inputSchema: { type: "object", additionalProperties: false },
        outputSchema: { type: "object" },
        annotations: {
          readOnlyHint: expect.any(Boolean),
          destructiveHint: expect.any(Boolean),
          idempotentHint: expect.any(Boolean),
          openWorldHint: true,
        },
      });
    }
  });

  it("is the list that clients know", () => {
    expect(toolListing(catalog, "client")).toMatchSnapshot();
  });
});
