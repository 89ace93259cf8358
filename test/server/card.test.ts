import { Client } from "@modelcontextprotocol/client";
import { EXTENSION_ID, getUiCapability, RESOURCE_MIME_TYPE } from "@modelcontextprotocol/ext-apps/server";
import { type ClientCapabilities, InMemoryTransport } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { afterEach, describe, expect, it } from "vitest";
import { canShowCards, withCards } from "../../src/server/card.ts";
import { toolListing } from "../../src/server/tool-list.ts";
import { catalog } from "../../src/tools/catalog.ts";
import { startPlannedEngine } from "../support/planned-engine.ts";
import { createSmallServer } from "../support/small-server.ts";

const CARD = "ui://trello-identity/card";
const APPS: ClientCapabilities = { extensions: { [EXTENSION_ID]: { mimeTypes: [RESOURCE_MIME_TYPE] } } };

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});

async function connect(era: "modern" | "legacy", capabilities: ClientCapabilities): Promise<Client> {
  const planned = await startPlannedEngine();
  const [transport, other] = InMemoryTransport.createLinkedPair();
  serveStdio(createSmallServer(planned).factory, { transport: other });
  const client = new Client(
    { name: "test", version: "1.0.0" },
    { capabilities, versionNegotiation: { mode: era === "modern" ? { pin: "2026-07-28" } : "legacy" } },
  );
  open.push(planned, client);
  await client.connect(transport);
  return client;
}

const cardsIn = (tools: readonly { readonly name: string; readonly _meta?: unknown }[]) =>
  tools.filter(({ _meta }) => JSON.stringify(_meta ?? {}).includes(CARD)).map(({ name }) => name);

describe.each(["modern", "legacy"] as const)("the card, %s era", (era) => {
  it("is named by the tools that answer with a plan or a run, to a client that renders it", async () => {
    const client = await connect(era, APPS);
    const { tools } = await client.listTools();
    expect(cardsIn(tools)).toEqual(["remove_thing", "rename_thing", "apply_plan"]);
    expect(tools.find(({ name }) => name === "remove_thing")?._meta).toEqual({
      "trello-identity/confirmation": { required: true, minimum: "client" },
      ui: { resourceUri: CARD },
    });
  });

  it("is named to no other client, which may read it all the same", async () => {
    const client = await connect(era, {});
    expect(cardsIn((await client.listTools()).tools)).toEqual([]);
    const { contents } = await client.readResource({ uri: CARD });
    expect(contents).toEqual([
      {
        uri: CARD,
        mimeType: RESOURCE_MIME_TYPE,
        text: expect.stringMatching(/^<!doctype html>/) as string,
        _meta: {
          ui: {
            csp: { connectDomains: [], resourceDomains: [], frameDomains: [], baseUriDomains: [] },
            prefersBorder: true,
          },
        },
      },
    ]);
  });
});

it.each<[string, ClientCapabilities | undefined, boolean]>([
  ["an MCP Apps host", APPS, true],
  [
    "a host of several types",
    { extensions: { [EXTENSION_ID]: { mimeTypes: ["text/x", RESOURCE_MIME_TYPE] } } },
    true,
  ],
  ["a host of another type", { extensions: { [EXTENSION_ID]: { mimeTypes: ["text/html"] } } }, false],
  ["a host without types", { extensions: { [EXTENSION_ID]: {} } }, false],
  ["types that are no list", { extensions: { [EXTENSION_ID]: { mimeTypes: RESOURCE_MIME_TYPE } } }, false],
  ["another extension", { extensions: { other: { mimeTypes: [RESOURCE_MIME_TYPE] } } }, false],
  ["no extension", { elicitation: {} }, false],
  ["nothing", undefined, false],
])("%s: %j renders the card: %s", (_what, capabilities, can) => {
  expect(canShowCards(capabilities)).toBe(can);
  // The package reads the same declaration.
  const read: unknown = getUiCapability(capabilities)?.mimeTypes;
  expect(Array.isArray(read) && read.includes(RESOURCE_MIME_TYPE)).toBe(can);
});

describe("the whole catalog with the card", () => {
  const plain = toolListing(catalog, "client");
  const listed = withCards(plain);

  it("has it at every tool that changes something and at get_run, and nothing else is another", () => {
    const changing = plain
      .filter(({ annotations }) => annotations?.readOnlyHint !== true)
      .map(({ name }) => name);
    expect(cardsIn(listed)).toEqual([...changing, "get_run"].toSorted((a, b) => orderOf(a) - orderOf(b)));
    expect(listed.map(({ _meta: _, ...rest }) => rest)).toEqual(plain.map(({ _meta: _, ...rest }) => rest));
  });
  const orderOf = (name: string) => plain.findIndex((tool) => tool.name === name);

  it("costs a client that renders it few tokens, and a model none", () => {
    const defaults = new Set(["directory", "membership", "offboarding", "scim", "all"]);
    const names = new Set(catalog.filter(({ toolset }) => defaults.has(toolset)).map(({ name }) => name));
    const bytes = (tools: typeof listed) =>
      Buffer.byteLength(JSON.stringify(tools.filter(({ name }) => names.has(name))));
    expect(Math.ceil(bytes(listed) / 4)).toBeLessThan(8500);
  });

  it("names no tool for the card alone: a host may show it to the model or ignore who may call it", () => {
    const shapes = new Set(listed.map(({ _meta }) => JSON.stringify(_meta?.["ui"])));
    expect(shapes).toEqual(new Set([undefined, JSON.stringify({ resourceUri: CARD })]));
    expect(listed).toHaveLength(plain.length);
  });
});
