import { Client } from "@modelcontextprotocol/client";
import { InMemoryTransport } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { afterEach, describe, expect, it } from "vitest";
import type { AuditRecord } from "../../src/domain/audit.ts";
import { AppError } from "../../src/domain/error.ts";
import type { Caller } from "../../src/domain/planning.ts";
import { evidenceReport } from "../../src/report/record.ts";
import {
  type PlannedEngine,
  type PlannedOptions,
  removal,
  startPlannedEngine,
} from "../support/planned-engine.ts";
import { createSmallServer } from "../support/small-server.ts";

const caller: Caller = { client: "test/1.0", subject: null };
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});

async function start(options: PlannedOptions = {}): Promise<PlannedEngine> {
  const planned = await startPlannedEngine(options);
  open.push(planned);
  return planned;
}

async function connect(era: "modern" | "legacy", planned: Pick<PlannedEngine, "engine">): Promise<Client> {
  const [transport, other] = InMemoryTransport.createLinkedPair();
  serveStdio(createSmallServer(planned).factory, { transport: other });
  const client = new Client(
    { name: "test", version: "1.0.0" },
    { versionNegotiation: { mode: era === "modern" ? { pin: "2026-07-28" } : "legacy" } },
  );
  open.push(client);
  await client.connect(transport);
  return client;
}

/** A run of the principal whose token the engine has just now, each about another row of the seed. */
async function run({ engine, options, applied }: PlannedEngine): Promise<string> {
  options.effects = [removal("Jane Doe", applied.length)];
  const plan = await engine.propose("remove_thing", {}, caller);
  await engine.storePlan(plan);
  await engine.decide(plan.id, { accepted: true, level: "client", by: "a person" });
  return (await engine.apply(plan.id, caller)).id;
}

const evidence = (runId: string, ending = "") => `trello-identity://runs/${runId}/evidence${ending}`;

async function read(client: Client, uri: string): Promise<{ mimeType: string; text: string }> {
  const { contents } = await client.readResource({ uri });
  expect(contents).toEqual([{ uri, mimeType: expect.any(String), text: expect.any(String) }]);
  return contents[0] as { mimeType: string; text: string };
}

describe.each(["modern", "legacy"] as const)("evidence as resources, %s era", (era) => {
  it("lists the runs, newest first, and tells where each form is read", async () => {
    const planned = await start();
    const [first, second] = [await run(planned), await run(planned)];
    const client = await connect(era, planned);
    const { resources, nextCursor } = await client.listResources();
    expect(resources.map(({ uri, mimeType }) => [uri, mimeType])).toEqual([
      ["trello-identity://audit", "application/x-ndjson"],
      [evidence(second), "text/markdown"],
      [evidence(second, ".html"), "text/html"],
      [evidence(first), "text/markdown"],
      [evidence(first, ".html"), "text/html"],
    ]);
    expect(resources[1]).toMatchObject({ title: "PASS: Remove Jane Doe from 1 board." });
    expect(nextCursor).toBeUndefined();
    const { resourceTemplates } = await client.listResourceTemplates();
    const ofRuns = resourceTemplates
      .map(({ uriTemplate }) => uriTemplate)
      .filter((uri) => uri.includes("/runs/"));
    expect(ofRuns).toEqual(["", ".html", ".json"].map((ending) => evidence("{runId}", ending)));
  });

  it("reads each form", async () => {
    const planned = await start();
    const id = await run(planned);
    const client = await connect(era, planned);
    const markdown = await read(client, evidence(id));
    expect(markdown.mimeType).toBe("text/markdown");
    expect(markdown.text).toContain("**Evidence: PASS**");
    const page = await read(client, evidence(id, ".html"));
    expect(page.mimeType).toBe("text/html");
    expect(page.text).toMatch(/^<!doctype html>/);
    const json = await read(client, evidence(id, ".json"));
    expect(evidenceReport.parse(JSON.parse(json.text)).runs[0]?.runId).toBe(id);
  });

  it("shows nobody's run but the principal's own", async () => {
    const planned = await start({ principal: "other" });
    const theirs = await run(planned);
    planned.options.principal = "admin";
    const mine = await run(planned);
    const client = await connect(era, planned);
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri).slice(1)).toEqual([evidence(mine), evidence(mine, ".html")]);
    const unlike = [theirs, "run_unknown"].map((id) => client.readResource({ uri: evidence(id) }));
    for (const [index, settled] of (await Promise.allSettled(unlike)).entries()) {
      expect(settled).toMatchObject({
        status: "rejected",
        reason: { code: -32602, data: { uri: evidence(index === 0 ? theirs : "run_unknown") } },
      });
    }
  });

  it("reads the audit log, of the principal alone and newest first", async () => {
    const planned = await start({ principal: "other" });
    await run(planned);
    planned.options.principal = "admin";
    const mine = await run(planned);
    const { mimeType, text } = await read(await connect(era, planned), "trello-identity://audit");
    expect(mimeType).toBe("application/x-ndjson");
    const records = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as AuditRecord);
    expect(records.map(({ event }) => event)).toEqual([
      "run.finished",
      "run.started",
      "plan.decided",
      "plan.held",
    ]);
    expect(records[0]).toMatchObject({ facts: { run: mine, evidence: "PASS" } });
    expect(new Set(records.map(({ principal }) => principal)).size).toBe(1);
  });

  it.each([
    "trello-identity://audit/1",
    "trello-identity://runs/x/evidence.exe",
    "trello-identity://runs/../evidence",
    "trello-identity://plans/x",
    "file:///etc/passwd",
  ])("finds nothing at %s", async (uri) => {
    const client = await connect(era, await start());
    await expect(client.readResource({ uri })).rejects.toMatchObject({ code: -32602, data: { uri } });
  });

  it("refuses a cursor that it did not write, and tells nothing of a defect", async () => {
    const planned = await start();
    const client = await connect(era, planned);
    await expect(
      client.request({ method: "resources/list", params: { cursor: "bm9uZQ" } }),
    ).rejects.toMatchObject({ code: -32602, message: expect.stringMatching(/^INPUT_INVALID: .* Next: /) });
  });
});

it("pages through many runs, others' among them, each of its own once, in either era", async () => {
  // Made once for both eras, because 60 runs cost far more than reading them.
  const planned = await start();
  const mine: string[] = [];
  for (let index = 0; index < 60; index += 1) {
    const isOthers = index % 10 === 4;
    planned.options.principal = isOthers ? "other" : "admin";
    const id = await run(planned);
    if (!isOthers) mine.unshift(id);
  }
  planned.options.principal = "admin";
  for (const era of ["modern", "legacy"] as const) {
    const client = await connect(era, planned);
    const seen: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      // One page at a time: without a cursor the client would fetch all of them by itself.
      const page = await client.request({ method: "resources/list", params: cursor ? { cursor } : {} });
      seen.push(...page.resources.map(({ uri }) => uri).filter((uri) => uri.endsWith("/evidence")));
      cursor = page.nextCursor;
      pages += 1;
    } while (cursor !== undefined && pages < 10);
    expect(seen).toEqual(mine.map((id) => evidence(id)));
    expect(pages).toBe(3);
  }
});

describe.each(["modern", "legacy"] as const)("a failure below, %s era", (era) => {
  it.each([
    [
      "of the upstream",
      new AppError("UPSTREAM_UNAVAILABLE", "Trello did not answer.", { next: "Try again." }),
    ],
    ["of this program", new Error("secret internals")],
  ])("%s is a protocol error with a code", async (_what, thrown) => {
    const planned = await start();
    const engine = { ...planned.engine, runs: () => Promise.reject(thrown) };
    const client = await connect(era, { ...planned, engine });
    const code = thrown instanceof AppError ? thrown.code : "INTERNAL";
    const refusal = client.request({ method: "resources/list", params: {} });
    await expect(refusal).rejects.toMatchObject({
      code: -32603,
      message: expect.stringMatching(new RegExp(`^${code}: (?!.*secret)`)),
    });
  });
});
