import { once } from "node:events";
import { PassThrough } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { runStdio } from "../../src/transport/stdio.ts";
import { startPlannedEngine } from "../support/planned-engine.ts";
import { createSmallServer } from "../support/small-server.ts";

const INITIALIZE = {
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "raw", version: "0" } },
};

/** The server over streams of this process; `answers` gives so many lines as they come. */
async function start() {
  const engine = await startPlannedEngine();
  const { factory, logs } = createSmallServer(engine);
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const ended = runStdio(factory, {
    log: (level, facts, message) => void (logs as unknown[]).push({ level, facts, message }),
    stdin,
    stdout,
  });
  onTestFinished(async () => {
    stdin.end();
    await ended;
    await engine.close();
  });
  let text = "";
  stdout.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
  async function answers(count: number): Promise<readonly Record<string, unknown>[]> {
    while (text.split("\n").length <= count) await once(stdout, "data");
    return text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
  return { stdin, answers, logs };
}

const line = (message: unknown) => `${JSON.stringify(message)}\n`;
const call = (id: number, args: unknown) =>
  line({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "look", arguments: args } });

describe("what comes on standard input", () => {
  it.each<[string, readonly (string | Buffer)[]]>([
    ["in one piece", [`\uFEFF${line(INITIALIZE)}`]],
    ["byte by byte", [...Buffer.from(`\uFEFF${line(INITIALIZE)}`)].map((byte) => Buffer.from([byte]))],
    ["in a piece of its own", [Buffer.from("\uFEFF"), line(INITIALIZE)]],
  ])("may begin with a byte order mark, %s", async (_how, pieces) => {
    const { stdin, answers } = await start();
    for (const piece of pieces) stdin.write(piece);
    expect(await answers(1)).toMatchObject([
      { id: 0, result: { serverInfo: { name: "trello-identity-mcp" } } },
    ]);
  });

  it("has no mark taken off that is only the beginning of one", async () => {
    const { stdin, answers } = await start();
    stdin.write(Buffer.from([0xef, 0xbb]));
    stdin.write(`\n${line(INITIALIZE)}`);
    expect(await answers(1)).toMatchObject([{ id: 0, result: {} }]);
  });

  it.each(["\uFEFF", "a\uFEFFb", "\u2028", "\u0000", "\uD800"])(
    "keeps every character of the id %j",
    async (id) => {
      const { stdin, answers } = await start();
      stdin.write(line(INITIALIZE));
      stdin.write(line({ jsonrpc: "2.0", id, method: "ping" }));
      expect((await answers(2)).at(-1)).toMatchObject({ id, result: {} });
    },
  );

  it("may be broken in one line; the next one is answered", async () => {
    const { stdin, answers } = await start();
    stdin.write(line(INITIALIZE));
    for (const broken of ["{", "null", "[]", '"x"', '{"jsonrpc":"1.0"}', "\u0000", "{}"])
      stdin.write(`${broken}\n`);
    stdin.write(call(1, { name: "x" }));
    expect((await answers(2)).at(-1)).toMatchObject({ id: 1, result: { structuredContent: { name: "x" } } });
  });

  it.each<[string, string]>([
    ["the version of JSON-RPC missing", '{"id":7,"method":"ping"}'],
    ["another version", '{"jsonrpc":"1.0","id":7,"method":"ping"}'],
    ["a method that is no text", '{"jsonrpc":"2.0","id":7,"method":null}'],
    ["parameters that are a text", '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":"x"}'],
    ["parameters that are null", '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":null}'],
    ["a _meta that is a number", '{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"_meta":1}}'],
    [
      "a progress token that is null",
      '{"jsonrpc":"2.0","id":7,"method":"ping","params":{"_meta":{"progressToken":null}}}',
    ],
    ["an unknown field beside", '{"jsonrpc":"2.0","id":7,"method":"ping","extra":1}'],
    ["a list around it", '[{"jsonrpc":"2.0","id":7,"method":"ping"},{"jsonrpc":"2.0","method":"ping"},3,[]]'],
  ])("with an id and %s is refused by its id", async (_what, frame) => {
    const { stdin, answers } = await start();
    stdin.write(line(INITIALIZE));
    stdin.write(`${frame}\r\n`);
    stdin.write(call(8, { name: "x" }));
    const all = await answers(3);
    expect(all.find(({ id }) => id === 7)).toMatchObject({ error: { code: -32600 } });
    expect(all.find(({ id }) => id === 8)).toMatchObject({ result: {} });
  });

  it.each<[string, object]>([
    ["initialize", { ...INITIALIZE.params, protocolVersion: 20250618 }],
    ["initialize", { ...INITIALIZE.params, capabilities: [] }],
    ["initialize", {}],
    ["tools/call", { arguments: {} }],
    ["tools/call", { name: 1 }],
    ["tools/call", { name: "look", arguments: [] }],
    ["resources/read", { uri: 7 }],
    ["resources/list", { cursor: {} }],
    ["prompts/get", { name: null }],
    ["prompts/get", { name: "x", arguments: 1 }],
  ])("with parameters that %s does not take is a mistake of the client: %j", async (method, params) => {
    const { stdin, answers } = await start();
    stdin.write(line(INITIALIZE));
    await answers(1);
    stdin.write(line({ jsonrpc: "2.0", id: 7, method, params }));
    const { error } = (await answers(2)).at(-1) as { error: { code: number; message: string } };
    expect(error.code).toBe(-32602);
    expect(error.message).toMatch(/^Invalid parameters: params\.\w+/);
  });

  it("may be a line of many megabytes, which is dropped; the next one is answered", async () => {
    const { stdin, answers, logs } = await start();
    stdin.write(line(INITIALIZE));
    for (let part = 0; part < 12; part += 1) stdin.write("x".repeat(1024 * 1024));
    stdin.write(`\n${call(8, { name: "x" })}`);
    expect((await answers(2)).at(-1)).toMatchObject({ id: 8, result: {} });
    expect(JSON.stringify(logs)).toContain("it is too long");
  });

  it("may be nested 200,000 deep: it is refused by its id, and the next one is answered", async () => {
    const { stdin, answers } = await start();
    stdin.write(line(INITIALIZE));
    const deep = `${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}`;
    stdin.write(call(7, "DEEP").replace('"DEEP"', deep));
    stdin.write(call(8, { name: "x" }));
    const byId = Object.fromEntries((await answers(3)).map((answer) => [String(answer["id"]), answer]));
    expect(byId["7"]).toMatchObject({ error: { code: -32600 } });
    expect(byId["8"]).toMatchObject({ result: { structuredContent: { name: "x" } } });
  });

  it.each<[unknown, string]>([
    [null, "name: "],
    ["", "name: "],
    ["{}", "name: "],
    ['{"name":"x"}', "Seen: x"],
    [{ name: "x", times: null, how: "" }, "Seen: x"],
    [{ name: "x", times: "3" }, "Seen: x"],
  ])("may have %j for the arguments of a tool", async (args, part) => {
    const { stdin, answers } = await start();
    stdin.write(line(INITIALIZE));
    stdin.write(call(1, args));
    expect(JSON.stringify((await answers(2)).at(-1))).toContain(part);
  });
});
