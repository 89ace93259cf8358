import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Fault, SEED } from "../../src/sandbox/index.ts";
import { sayYes } from "../support/matrix.ts";
import { MAIN, startProduct, type TestProduct } from "../support/product.ts";
import { spawnStdio } from "../support/raw-stdio.ts";

const INITIALIZE = {
  id: 0,
  method: "initialize",
  params: {
    protocolVersion: "2025-06-18",
    capabilities: { elicitation: {} },
    clientInfo: { name: "raw", version: "0" },
  },
};

let product: TestProduct;
let faults: Fault[];
beforeEach(async () => {
  faults = [];
  product = await startProduct({ sandbox: { faults } });
});
afterEach(() => product.close());

describe("over stdio", () => {
  it("ends cleanly when the input ends before anything was said", async () => {
    const program = spawnStdio([MAIN, "stdio"], product.env);
    expect(await program.end()).toEqual({ code: 0, signal: null });
    expect(program.lines).toEqual([]);
  });

  it("ends cleanly after a conversation, and says nothing on standard output but MCP", async () => {
    const program = spawnStdio([MAIN], product.env);
    program.send(INITIALIZE);
    await program.next(({ id }) => id === 0);
    program.child.stdin.write("this is not JSON\n");
    program.send({ id: 1, method: "tools/call", params: { name: "check_connection", arguments: {} } });
    await program.next(({ id }) => id === 1);
    expect(await program.end()).toEqual({ code: 0, signal: null });
    for (const line of program.lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: "2.0" });
    expect(program.stderr()).not.toContain(SEED.tokens.full);
  });

  it("ends cleanly while a call is under way", async () => {
    const program = spawnStdio([MAIN], product.env);
    program.send(INITIALIZE);
    program.send({ id: 1, method: "tools/call", params: { name: "list_workspaces", arguments: {} } });
    expect(await program.end()).toEqual({ code: 0, signal: null });
  });

  it("ends cleanly in the middle of a run, and the next process finishes it", async () => {
    // So slow that the run cannot come to its end before its input has ended.
    const operation = "DELETE /boards/{id}/members/{idMember}";
    faults.push({ operation, attempt: "every", kind: "slow", ms: 200 });
    const program = spawnStdio([MAIN], product.env);
    program.send(INITIALIZE);
    program.send({
      id: 1,
      method: "tools/call",
      params: {
        name: "remove_from_boards",
        arguments: { workspace: SEED.workspaces.standard.id, member: SEED.leaver.id },
        _meta: { progressToken: "p" },
      },
    });
    const question = await program.next(({ method }) => method === "elicitation/create");
    program.send({ id: question["id"], result: sayYes() });
    await program.next(({ method }) => method === "notifications/progress");
    expect(await program.end()).toEqual({ code: 0, signal: null });
    const left = () =>
      [...product.sandbox.world.trello.boards.values()].filter(
        ({ idOrganization, memberships }) =>
          idOrganization === SEED.workspaces.standard.id &&
          memberships.some(({ idMember }) => idMember === SEED.leaver.id),
      ).length;
    expect(left()).toBeGreaterThan(0);
    faults.length = 0;
    await product.connect({ sdk: "v2", era: "modern", transport: "stdio" });
    await expect.poll(left, { timeout: 60_000 }).toBe(0);
  }, 120_000);
});
