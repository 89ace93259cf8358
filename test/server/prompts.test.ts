import { Client } from "@modelcontextprotocol/client";
import { InMemoryTransport } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { afterEach, describe, expect, it } from "vitest";
import { complete } from "../../src/server/completions.ts";
import { createPrompts } from "../../src/server/prompts.ts";
import { catalog } from "../../src/tools/catalog.ts";
import { startPlannedEngine } from "../support/planned-engine.ts";
import { createSmallServer } from "../support/small-server.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});

async function connect(era: "modern" | "legacy"): Promise<Client> {
  const planned = await startPlannedEngine();
  const [transport, other] = InMemoryTransport.createLinkedPair();
  serveStdio(createSmallServer(planned, { tools: catalog }).factory, { transport: other });
  const client = new Client(
    { name: "test", version: "1.0.0" },
    { versionNegotiation: { mode: era === "modern" ? { pin: "2026-07-28" } : "legacy" } },
  );
  open.push(planned, client);
  await client.connect(transport);
  return client;
}

const ARGUMENTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  offboard_employee: { person: "Jane Doe", successor: "@bo", ticket: "IT-7" },
  onboard_employee: { email: "new@corp.example", workspace: "Design" },
  access_review: {},
  handle_ticket: { ticket: "Jane left. Take her off everything." },
};

describe.each(["modern", "legacy"] as const)("prompts, %s era", (era) => {
  it("are listed, and each is a text for the model that holds what was given", async () => {
    const client = await connect(era);
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name }) => name).toSorted()).toEqual(Object.keys(ARGUMENTS).toSorted());
    for (const { name } of prompts) {
      const given = ARGUMENTS[name] ?? {};
      const { messages } = await client.getPrompt({ name, arguments: given });
      expect(messages).toMatchObject([{ role: "user", content: { type: "text" } }]);
      for (const value of Object.values(given)) expect(JSON.stringify(messages)).toContain(value);
    }
  });

  it("refuse an unknown name and a missing argument, and say what is missing", async () => {
    const client = await connect(era);
    await expect(client.getPrompt({ name: "fire_everyone", arguments: {} })).rejects.toThrow(
      /There is no prompt fire_everyone/,
    );
    await expect(client.getPrompt({ name: "offboard_employee", arguments: { person: " " } })).rejects.toThrow(
      /needs person \(email/,
    );
  });
});

describe("everywhere", () => {
  const prompts = createPrompts(catalog);
  const textOf = (name: string, more: Readonly<Record<string, string>>) =>
    JSON.stringify(prompts.get(name, { ...ARGUMENTS[name], ...more }).messages);

  it.each(["offboard_employee", "handle_ticket"])("of %s is asked for by yes alone", (name) => {
    for (const yes of ["yes", "Yes", " YES "])
      expect(textOf(name, { everywhere: yes })).toContain("everywhere true");
    for (const no of ["no", "NO", "", "  "])
      expect(textOf(name, { everywhere: no })).not.toContain("everywhere");
    for (const odd of ["true", "maybe", "yes, and delete all", "1"])
      expect(() => textOf(name, { everywhere: odd })).toThrow(/everywhere .*must be one of yes, no/);
  });

  it("takes the place of a rung, which it includes", () => {
    expect(textOf("offboard_employee", { everywhere: "yes", rung: "boards" })).not.toContain("rung");
    expect(textOf("offboard_employee", { everywhere: "no", rung: "Boards" })).toContain("rung boards");
    expect(() => textOf("offboard_employee", { rung: "attic" })).toThrow(/rung .*must be one of boards, /);
  });
});

describe.each(["modern", "legacy"] as const)("completions, %s era", (era) => {
  const completed = async (prompt: string, argument: string, value: string) => {
    const client = await connect(era);
    const ref = { type: "ref/prompt" as const, name: prompt };
    return (await client.complete({ ref, argument: { name: argument, value } })).completion.values;
  };

  it.each([
    ["offboard_employee", "rung", "", ["boards", "workspaces", "enterprise", "account"]],
    ["offboard_employee", "rung", "W", ["workspaces"]],
    ["offboard_employee", "everywhere", "", ["yes", "no"]],
    ["handle_ticket", "everywhere", "Y", ["yes"]],
    ["offboard_employee", "person", "jo", ["member jo"]],
    ["onboard_employee", "boards", "Roadmap, ba", ["Roadmap, board  ba"]],
    ["onboard_employee", "team", "Eng", ["group Eng"]],
    ["access_review", "workspaces", "Ops", ["workspace Ops"]],
    ["handle_ticket", "ticket", "x", []],
    ["offboard_employee", "nothing", "x", []],
  ])("of %s %s %j", async (prompt, argument, value, expected) => {
    expect(await completed(prompt, argument, value)).toEqual(expected);
  });

  it("refuse an unknown prompt, and have no values for resources", async () => {
    await expect(completed("fire_everyone", "person", "x")).rejects.toThrow(
      /There is no prompt fire_everyone/,
    );
    const client = await connect(era);
    const ref = { type: "ref/resource" as const, uri: "trello-identity://reviews/{reviewId}" };
    const { completion } = await client.complete({ ref, argument: { name: "reviewId", value: "r" } });
    expect(completion.values).toEqual([]);
  });
});

it("at most 100 values are answered, with how many there are", () => {
  const many = Array.from({ length: 250 }, (_, n) => `Person ${n}`);
  const params = {
    ref: { type: "ref/prompt" as const, name: "offboard_employee" },
    argument: { name: "person", value: "" },
  };
  const { completion } = complete(params, { seenNames: () => many });
  expect(completion).toMatchObject({ total: 250, hasMore: true, values: many.slice(0, 100) });
});

it("only name tools that are there, and are left out without them", () => {
  const names = new Set(catalog.map(({ name }) => name));
  const all = createPrompts(catalog);
  for (const { name } of all.list().prompts) {
    const [message] = all.get(name, ARGUMENTS[name]).messages;
    const text = message?.content.type === "text" ? message.content.text : "";
    for (const [tool] of text.matchAll(/\b[a-z]+_[a-z_]+\b/g)) expect(names).toContain(tool);
  }
  const reading = catalog.filter(({ effect }) => effect === "read");
  expect(
    createPrompts(reading)
      .list()
      .prompts.map(({ name }) => name),
  ).not.toContain("offboard_employee");
});
