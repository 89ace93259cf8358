import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startTraces } from "../../src/cli/support/traces.ts";
import { createSecret } from "../../src/config/secret.ts";
import { SEED } from "../../src/sandbox/index.ts";
import { MEMORY } from "../support/memory.ts";
import { call, send } from "../transport/authorization/guarded.ts";
import { startCommand } from "./http-command.ts";

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

/** A receiver of OTLP over HTTP, and what it was sent. */
async function startCollector(status = 200) {
  const bodies: string[] = [];
  const heads: { readonly path: string | undefined; readonly headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    heads.push({ path: request.url, headers: request.headers });
    const answer = async () => {
      bodies.push(await text(request));
      response.writeHead(status, { "content-type": "application/json" }).end("{}");
    };
    void answer();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const parsed = () => bodies.flatMap((body) => JSON.parse(body).resourceSpans as readonly ResourceSpans[]);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    heads,
    resources: () => parsed().map(({ resource }) => attributesOf(resource)),
    spans: (): readonly Span[] =>
      parsed().flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  };
}

interface ResourceSpans {
  readonly resource: Pick<Span, "attributes">;
  readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
}

const attributesOf = ({ attributes }: Pick<Span, "attributes">) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(MEMORY, "http-traces-"));
});
afterAll(() => rm(folder, { recursive: true }));

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";

describe("traces", () => {
  test("have a span a tool call and, under it, a span a request, without names, ids or secrets", async () => {
    const collector = await startCollector();
    const workspace = SEED.workspaces.standard.displayName;
    const member = `@${SEED.leaver.username}`;
    const { url, end } = await startCommand(
      folder,
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
        OTEL_EXPORTER_OTLP_HEADERS: "x-key=a%20b,authorization=Basic Zm9v",
        OTEL_SERVICE_NAME: "identity-test",
      },
      { args: ["--sandbox"] },
    );
    await call(url, null, "list_workspace_members", { workspace });
    await call(url, null, "remove_from_workspace", { workspace, member });
    await call(url, null, "list_workspaces", { nonsense: true });
    await end();

    expect(new Set(collector.heads.map(({ path }) => path))).toEqual(new Set(["/v1/traces"]));
    expect(collector.heads[0]?.headers).toMatchObject({ "x-key": "a b", authorization: "Basic Zm9v" });
    for (const resource of collector.resources())
      expect(resource).toMatchObject({ "service.name": "identity-test" });
    const spans = collector.spans();
    const calls = spans.filter(({ name }) => name.startsWith("tools/call "));
    expect(calls.map((span) => [span.name, attributesOf(span)["error.type"]])).toEqual([
      ["tools/call list_workspace_members", undefined],
      ["tools/call remove_from_workspace", undefined],
      ["tools/call list_workspaces", "INPUT_INVALID"],
    ]);
    for (const each of calls.slice(0, 2)) {
      const under = spans.filter(({ parentSpanId }) => parentSpanId === each.spanId);
      expect(under.length).toBeGreaterThan(0);
      for (const span of under) {
        expect(span.traceId).toBe(each.traceId);
        expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.startTimeUnixNano));
        const { "http.request.method": method, "url.template": route, ...others } = attributesOf(span);
        expect(span.name).toBe([method, route].join(" "));
        expect(others).toMatchObject({
          "identity.upstream": expect.stringMatching(/^(trello|scim|organization)$/),
        });
      }
    }
    expect(calls[2] && spans.some(({ parentSpanId }) => parentSpanId === calls[2]?.spanId)).toBe(false);
    // Nothing else is in a span: no person, no workspace, no id of Trello or Atlassian.
    const told = JSON.stringify(spans.map(({ name, attributes }) => [name, attributes]));
    for (const name of [workspace, SEED.leaver.username, SEED.leaver.fullName, "nonsense"])
      expect(told).not.toContain(name);
    expect(told).not.toMatch(/@|[0-9a-f]{24}|127\.0\.0\.1/i);
  });

  test.each([
    ["of the HTTP request", { traceparent: `00-${TRACE}-${PARENT}-01` }, {}],
    [
      "of the message, which is nearer than that of the request",
      { traceparent: `00-${"1".repeat(32)}-${"2".repeat(16)}-01` },
      { traceparent: `00-${TRACE}-${PARENT}-01` },
    ],
  ])("go on with the trace %s", async (_what, headers, meta) => {
    const collector = await startCollector();
    const { url, end } = await startCommand(
      folder,
      { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
      { args: ["--sandbox"] },
    );
    const { status } = await send(url, {
      method: "POST",
      headers: {
        accept: "application/json, text/event-stream",
        "content-type": "application/json",
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": "tools/call",
        "mcp-name": "list_workspaces",
        ...headers,
      },
      body: {
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: {
          name: "list_workspaces",
          arguments: {},
          _meta: {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { name: "raw", version: "0" },
            "io.modelcontextprotocol/clientCapabilities": {},
            ...meta,
          },
        },
      },
    });
    expect(status).toBe(200);
    await end();
    const [own] = collector.spans().filter(({ name }) => name === "tools/call list_workspaces");
    expect(own).toMatchObject({ traceId: TRACE, parentSpanId: PARENT });
  });

  test.each([
    "",
    "00-xyz",
    `00-${"0".repeat(32)}-${PARENT}-01`,
    `ff-${TRACE}-${PARENT}-01`,
    "a".repeat(10_000),
  ])("begin anew for a caller whose place in a trace is %j", async (parent) => {
    const collector = await startCollector();
    const traces = startTraces(
      { url: `${collector.url}/v1/traces`, headers: null, serviceName: "test" },
      () => {},
    );
    const answer = { tool: "list_workspaces", parent, outcome: () => "ok" };
    expect(await traces.tracer.call(answer, async () => "done")).toBe("done");
    await traces.close();
    const [span] = collector.spans();
    expect(span?.parentSpanId).toBeFalsy();
    expect(span?.traceId).toMatch(/^(?!0{32})(?!4bf9)[0-9a-f]{32}$/);
  });

  test("that are refused by the collector stop nothing, and are logged once without its headers", async () => {
    const collector = await startCollector(401);
    const lines: string[] = [];
    const traces = startTraces(
      { url: `${collector.url}/v1/traces`, headers: createSecret("x-key=hush-hush"), serviceName: "test" },
      (level, facts, message) => void lines.push(JSON.stringify([level, facts, message])),
    );
    for (let n = 0; n < 1000; n += 1)
      await traces.tracer.call({ tool: "t", parent: null, outcome: () => "ok" }, async () => n);
    await traces.close();
    expect(collector.bodies.length).toBeGreaterThan(1);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("traces cannot be sent");
    expect(lines[0]).not.toContain("hush");
  });

  test("belong each to the call that asked, whichever call a queue is in when the request is sent", async () => {
    const collector = await startCollector();
    const { tracer, close } = startTraces(
      { url: `${collector.url}/v1/traces`, headers: null, serviceName: "test" },
      () => {},
    );
    const waiting: (() => void)[] = [];
    const work = (operation: string) => async () => {
      const traced = tracer.requester();
      waiting.push(() =>
        traced({ upstream: "trello", operation, status: "200", endedAt: 1_780_000_002_000, ms: 500 }),
      );
    };
    const outcome = () => "ok";
    await tracer.call({ tool: "a", parent: null, outcome }, work("GET /a"));
    await tracer.call({ tool: "b", parent: null, outcome }, work("GET /b"));
    // A third call sends what the others wait for.
    await tracer.call({ tool: "c", parent: null, outcome }, async () => {
      for (const each of waiting) each();
    });
    await close();
    const spans = collector.spans();
    const idOf = (name: string) => spans.find((span) => span.name === name)?.spanId;
    const parentOf = (name: string) => spans.find((span) => span.name === name)?.parentSpanId;
    expect(parentOf("GET /a")).toBe(idOf("tools/call a"));
    expect(parentOf("GET /b")).toBe(idOf("tools/call b"));
    expect(spans.find(({ name }) => name === "GET /a")).toMatchObject({
      startTimeUnixNano: "1780000001500000000",
      endTimeUnixNano: "1780000002000000000",
    });
  });
});
