import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "../../src/store/store.ts";
import { HTTP_TOKEN } from "../support/http-process.ts";

/** How long (ms) a client waits for an answer: longer than a call takes, because a frozen server gives none. */
const PATIENCE_MS = 70_000;

/** One address in front of several replicas, as a proxy: each connection goes to the next one that takes it. */
export async function startAddress(ports: () => readonly number[]) {
  let turn = 0;
  const open = new Set<Socket>();
  const pass = (from: Socket, tries: number): void => {
    const all = ports();
    const to = connect(all[(turn += 1) % all.length] ?? 0, "127.0.0.1");
    let isThrough = false;
    to.once("connect", () => {
      isThrough = true;
      from.pipe(to).pipe(from);
    });
    to.on("error", () => {
      if (isThrough || tries === 1) from.destroy();
      else pass(from, tries - 1);
    });
    to.once("close", () => isThrough && from.destroy());
    from.once("close", () => to.destroy());
  };
  const server = createServer((from) => {
    open.add(from);
    from.on("error", () => {});
    from.once("close", () => open.delete(from));
    pass(from, ports().length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A client that calls `apply_plan` until the run is there: answers are lost with a replica, or refuse for a while. */
export async function submit(url: string, store: Store, planId: string, until: number): Promise<void> {
  let said = "";
  while (Date.now() < until) {
    said = await applyPlan(url, planId).catch((thrown: unknown) => String(thrown));
    const stored = await store.plans.get(planId).catch(() => null);
    if (stored?.runId) return;
    await sleep(500 + Math.random() * 1_500);
  }
  throw new Error(`plan ${planId} could not be submitted: ${said}`);
}

async function applyPlan(url: string, planId: string): Promise<string> {
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      authorization: `Bearer ${HTTP_TOKEN}`,
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": "tools/call",
      "mcp-name": "apply_plan",
      connection: "close",
    },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: {
        name: "apply_plan",
        arguments: { planId },
        _meta: {
          "io.modelcontextprotocol/protocolVersion": "2026-07-28",
          "io.modelcontextprotocol/clientInfo": { name: "trial", version: "1" },
          "io.modelcontextprotocol/clientCapabilities": {},
        },
      },
    }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  return await answer.text();
}
