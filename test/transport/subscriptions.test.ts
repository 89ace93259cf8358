/** Changes of resources: who is told of which, in both eras, over HTTP and stdio, whichever process made the change. */
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, type MockInstance, onTestFinished, test, vi } from "vitest";
import type { AuditRecord } from "../../src/domain/audit.ts";
import type { SignedIn } from "../../src/domain/planning.ts";
import { createResourceChanges, type ResourceChange } from "../../src/server/changes.ts";
import { runStdio } from "../../src/transport/stdio.ts";
import { createSubscriptions } from "../../src/transport/subscriptions.ts";
import { profileChange } from "../support/planned-engine.ts";
import { createSmallServer } from "../support/small-server.ts";
import { type Guarded, startGuarded } from "./authorization/guarded.ts";

const WAIT = { interval: 2, timeout: 60_000 };
const AUDIT = "trello-identity://audit";
const META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "raw", version: "0" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

let guarded: Guarded;
let looks: MockInstance<Guarded["engine"]["auditAfter"]>;
beforeAll(async () => {
  guarded = await startGuarded({ lookMs: 5 });
  guarded.options.effects = [profileChange("new")];
  looks = vi.spyOn(guarded.engine, "auditAfter");
});
afterAll(() => guarded.close());

interface Message {
  readonly method?: string;
  readonly params?: { readonly uri?: string; readonly notifications?: object };
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number };
}

/** Reads messages one by one. `until` returns all up to the first that fits. */
function reader(lines: AsyncIterator<string>) {
  return async function until(isLast: (message: Message) => boolean): Promise<readonly Message[]> {
    const found: Message[] = [];
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`ended after ${JSON.stringify(found)}`);
      const message = JSON.parse(value) as Message;
      found.push(message);
      if (isLast(message)) return found;
    }
  };
}

const isAck = ({ method }: Message) => method === "notifications/subscriptions/acknowledged";
const isUpdate = (uri: string) => (message: Message) =>
  message.method === "notifications/resources/updated" && message.params?.uri === uri;
const isList = ({ method }: Message) => method === "notifications/resources/list_changed";
const told = (messages: readonly Message[]) => messages.map(({ method, params }) => params?.uri ?? method);

/** Another process of the service: it plans, or also applies, on behalf of a person. */
async function act(subject: SignedIn | null, applies: boolean): Promise<string> {
  const caller = { client: "elsewhere", subject };
  const plan = await guarded.engine.propose("rename_thing", {}, caller);
  await guarded.engine.storePlan(plan);
  return applies ? (await guarded.engine.apply(plan.id, caller)).id : plan.id;
}
const evidenceOf = (runId: string) => `trello-identity://runs/${runId}/evidence`;
const person = (sub: string): SignedIn => ({
  id: `${guarded.issuer.url}#${sub}`,
  name: sub,
  email: null,
});

async function listen(sub: string, notifications: object) {
  const token = await guarded.token({ sub });
  const gone = new AbortController();
  const response = await fetch(guarded.server.url, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": "subscriptions/listen",
    },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: `of ${sub}`,
      method: "subscriptions/listen",
      params: { notifications, _meta: META },
    }),
    signal: gone.signal,
  });
  onTestFinished(() => gone.abort());
  const { body } = response;
  if (!body) throw new Error("no body");
  async function* lines() {
    let text = "";
    for await (const part of body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(part).toString("utf8");
      const whole = text.split("\n");
      text = whole.pop() ?? "";
      for (const line of whole) if (line.startsWith("data: ")) yield line.slice(6);
    }
  }
  return reader(lines());
}

describe("over HTTP, 2026-07-28", () => {
  test("tells a person the changes of the person's own resources, and no one else's", async () => {
    const mine = await act(person("ada"), true);
    const next = evidenceOf(mine.replace(/\d+$/, (n) => String(Number(n) + 1)));
    const ada = await listen("ada", { resourcesListChanged: true, resourceSubscriptions: [AUDIT, next] });
    const bob = await listen("bob", { resourcesListChanged: true, resourceSubscriptions: [AUDIT, next] });
    const quiet = await listen("ada", { resourceSubscriptions: [evidenceOf("run_other")] });
    for (const until of [ada, bob, quiet])
      expect((await until(isAck))[0]?.params?.notifications).not.toEqual({});
    // Everyone is followed from now on: each sees what the person does after that.
    await settledFollowers();
    expect(evidenceOf(await act(person("ada"), true))).toBe(next);
    const found = told(await ada(isList));
    expect(found).toContain(AUDIT);
    expect(found).toContain(next);
    await act(person("bob"), false);
    expect(told(await bob(isUpdate(AUDIT)))).toEqual([AUDIT]);
  });

  test("needs the scope identity:read, and says so", async () => {
    const token = await guarded.token({ scope: "openid" });
    const response = await fetch(guarded.server.url, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        accept: "application/json, text/event-stream",
        "content-type": "application/json",
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": "subscriptions/listen",
      },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "subscriptions/listen",
        params: { notifications: { resourcesListChanged: true }, _meta: META },
      }),
    });
    expect(response.status).toBe(403);
    await response.body?.cancel();
  });
});

/** Waits until the store was asked once more. */
async function settledFollowers(): Promise<void> {
  const before = looks.mock.calls.length;
  await vi.waitFor(() => expect(looks.mock.calls.length).toBeGreaterThan(before + 1), WAIT);
}

describe("over stdio", () => {
  async function connect(first: object) {
    const { factory } = createSmallServer(guarded, { lookMs: 5, lasting: true });
    const [stdin, stdout] = [new PassThrough(), new PassThrough()];
    const ended = runStdio(factory, { log: () => {}, stdin, stdout });
    onTestFinished(async () => {
      stdin.end();
      await ended;
    });
    const until = reader(createInterface({ input: stdout })[Symbol.asyncIterator]());
    const send = (message: object) => stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
    send(first);
    return { send, until };
  }

  test("2026-07-28: what the client asked for in subscriptions/listen, until it cancels", async () => {
    const params = { notifications: { resourceSubscriptions: [AUDIT] }, _meta: META };
    const { send, until } = await connect({ id: 1, method: "subscriptions/listen", params });
    await until(isAck);
    await settledFollowers();
    await act(null, true);
    expect(told(await until(isUpdate(AUDIT)))).toEqual([AUDIT]);
    send({ method: "notifications/cancelled", params: { requestId: 1, _meta: META } });
    send({
      id: 2,
      method: "subscriptions/listen",
      params: { ...params, notifications: { resourcesListChanged: true } },
    });
    await until(isAck);
    await act(null, true);
    expect(told(await until(isList))).toEqual(["notifications/resources/list_changed"]);
  });

  test("2025-11-25: what the client subscribed to, until it unsubscribes", async () => {
    const clientInfo = { name: "raw", version: "0" };
    const handshake = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
    const { send, until } = await connect({ id: 0, method: "initialize", params: handshake });
    const [answer] = await until(({ result }) => result !== undefined);
    expect(answer?.result?.["capabilities"]).toMatchObject({ resources: { subscribe: true } });
    send({ method: "notifications/initialized" });
    const ask = async (id: number, method: string, uri: string) => {
      send({ id, method, params: { uri } });
      return (await until(({ result, error }) => result !== undefined || error !== undefined)).at(-1);
    };
    expect((await ask(1, "resources/subscribe", "file:///etc/passwd"))?.error?.code).toBe(-32602);
    expect((await ask(2, "resources/subscribe", AUDIT))?.result).toEqual({});
    await settledFollowers();
    const runId = await act(null, true);
    expect(told(await until(isUpdate(AUDIT)))).toEqual([AUDIT]);
    expect((await ask(3, "resources/unsubscribe", AUDIT))?.result).toEqual({});
    const next = evidenceOf(runId.replace(/\d+$/, (n) => String(Number(n) + 1)));
    expect((await ask(4, "resources/subscribe", next))?.result).toEqual({});
    await settledFollowers();
    await act(null, true);
    expect(told(await until(isUpdate(next)))).toEqual([next]);
  });
});

test("a client before 2026-07-28 over HTTP is not promised what it cannot get", async () => {
  const response = await fetch(guarded.server.url, {
    method: "POST",
    headers: {
      authorization: `Bearer ${await guarded.token()}`,
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
    },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "initialize",
      params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "raw", version: "0" } },
    }),
  });
  expect(await response.text()).toContain('"resources":{}');
});

test.each([
  [undefined, 2],
  [{ expiresAt: 0 }, 2],
  [{ expiresAt: 1_000 }, 1],
])("a stream tells nothing after the token of its caller has expired: %j", (facts, expected) => {
  let now = 0;
  let change: (what: ResourceChange) => void = () => {};
  const auth = facts && { token: "", clientId: "c", scopes: [], ...facts };
  const follow = (_auth: unknown, tell: typeof change) => {
    change = tell;
    return () => {};
  };
  const factory = Object.assign(() => Promise.reject(new Error("no server")), { follow });
  const { bus, run } = createSubscriptions(factory, () => now);
  const told: unknown[] = [];
  run(auth, () => bus.subscribe((event) => told.push(event)));
  change({ kind: "resources_list_changed" });
  now = 1_000_000;
  change({ kind: "resources_list_changed" });
  expect(told).toHaveLength(expected);
});

describe("following", () => {
  const record = (seq: number, event: string, facts: object, principal = "ada"): AuditRecord => ({
    seq,
    event,
    principal,
    facts: facts as AuditRecord["facts"],
    at: "2026-01-15T09:00:00.000Z",
    client: "c",
    tool: "t",
    subject: "review_1",
    previous: "",
    hash: "",
  });

  test("nothing is read before the first and after the last follower, and a failure is only logged", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const waiting: AuditRecord[] = [];
    let asked = 0;
    let isFailing = false;
    const warned: string[] = [];
    const { follow } = createResourceChanges({
      engine: {
        principalId: async () => "ada",
        async auditAfter(after) {
          asked += 1;
          if (isFailing) throw new Error("gone");
          return { records: after === null ? [] : waiting.splice(0), last: 7 };
        },
      },
      log: (_level, _facts, message) => void warned.push(message),
    });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toBe(0);
    const changes: ResourceChange[] = [];
    const caller = { client: "c", subject: null };
    const stop = follow(caller, (change) => changes.push(change));
    const stopOther = follow(caller, () => {});
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toBe(2);
    waiting.push(
      record(8, "plan.held", { summary: "x" }),
      record(9, "run.started", { run: "run_1" }, "bob"),
      record(10, "review.decided", {}),
      record(11, "run.paused", { run: 5 }),
    );
    await vi.advanceTimersByTimeAsync(1_000);
    expect(changes.map((change) => ("uri" in change ? change.uri : change.kind))).toEqual([
      AUDIT,
      "trello-identity://reviews/review_1/package",
      "trello-identity://reviews/review_1/package.json",
    ]);
    isFailing = true;
    await vi.advanceTimersByTimeAsync(1_000);
    isFailing = false;
    waiting.push(record(12, "run.finished", { run: "run_2" }));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(changes.slice(3).map((change) => ("uri" in change ? change.uri : change.kind))).toEqual([
      AUDIT,
      "trello-identity://runs/run_2/evidence",
      "trello-identity://runs/run_2/evidence.html",
      "trello-identity://runs/run_2/evidence.json",
      "resources_list_changed",
    ]);
    expect(warned).toHaveLength(1);
    stop();
    stopOther();
    const before = asked;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toBe(before);
  });
});
