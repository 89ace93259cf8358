import { Agent, request } from "node:http";
import { createRandom, type Random } from "../faults/random.ts";
import { createShot, idsIn, MODERN_VERSION, type Shot } from "./messages.ts";
import { BOUND_MS, type Job, shown } from "./stdio.ts";

interface Answer {
  readonly status: number;
  readonly session: string | null;
  readonly type: string;
  readonly body: string;
}

type Headers = Record<string, string>;

const ODD_VERSIONS = [
  "2025-06-18",
  "2024-11-05",
  "1999-01-01",
  "x",
  "9".repeat(2_000),
  "2026-07-28, 2026-07-28",
];
const ODD_TYPES = [
  "text/plain",
  "application/json; charset=utf-77",
  "application/json;;",
  "",
  "multipart/form-data",
];
const METHODS = ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"];

export interface HttpTarget {
  readonly url: string;
  /** The bearer token that the server asks for; null if it asks for none. */
  readonly token: string | null;
}

/** How many requests are under way at once. */
const AT_ONCE = 8;

/** Sends `count` shots to an HTTP server, each as one request with headers that mostly fit. */
export async function fuzzHttp({ url, token }: HttpTarget, job: Job): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  let session: string | null = null;
  let next = 0;

  async function open(): Promise<string | null> {
    const params = {
      protocolVersion: "2025-06-18",
      capabilities: {},
      clientInfo: { name: "fuzz", version: "0" },
    };
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", id: 0, method: "initialize", params }));
    return (await send(url, agent, "POST", baseHeaders(token), body)).session;
  }

  async function work(): Promise<void> {
    while (next < job.count && Date.now() < job.until) {
      const number = next;
      next += 1;
      const random = createRandom(job.seed + number);
      const shot = createShot(random, { ...job, id: `f${number}` });
      // A subscription is a stream that stays open, so it has no answer to wait for.
      if (shot.bytes.includes("subscriptions/listen")) continue;
      if (job.era === "legacy") session ??= await open();
      const method = random.chance(0.97) ? "POST" : random.pick(METHODS);
      // A session that is shared must stay, so one that ends has another id.
      const isEnd = method === "DELETE";
      const headers = headersFor(
        random,
        { token, session: job.era === "legacy" ? (isEnd ? "none" : session) : null },
        shot,
      );
      job.tally.shots += 1;
      job.tally.kinds.set(shot.kind, (job.tally.kinds.get(shot.kind) ?? 0) + 1);
      try {
        const answer = await send(url, agent, method, headers, shot.bytes);
        if (!isEnd && answer.status === 404) session = null;
        for (const wrong of judged(answer, method === "POST" ? idsIn(shot.message) : [], job))
          complain(wrong, headers, method, shot);
      } catch (error) {
        complain(`no answer (${String(error)})`, headers, method, shot);
      }
    }
  }

  function complain(what: string, headers: Headers, method: string, shot: Shot): void {
    const { seed, era, tally } = job;
    tally.findings.push(
      `${what}; seed ${seed}, http, ${era}: ${method} ${JSON.stringify(headers).slice(0, 600)} ${shown(shot)}`,
    );
  }

  await Promise.all(Array.from({ length: AT_ONCE }, work));
  agent.destroy();
}

function judged(
  { status, type, body }: Answer,
  ids: readonly string[],
  { judge, tally }: Job,
): readonly string[] {
  if (status >= 500) return [`status ${status}: ${body.slice(0, 300)}`];
  const messages = messagesIn(type, body);
  const found = messages.flatMap((text) => judge(text).map((wrong) => `${wrong}: ${text.slice(0, 600)}`));
  tally.answers += 1;
  // A request that HTTP refused has the status as its answer.
  if (status !== 200) return found;
  const answered = messages.flatMap((text) => answeredId(text));
  const missing = ids.filter((id) => answered.filter((each) => each === id).length !== 1);
  return [
    ...found,
    ...missing.map(
      (id) => `no answer, or more than one, for the id ${id.slice(0, 80)}: ${body.slice(0, 300)}`,
    ),
  ];
}

function answeredId(text: string): readonly string[] {
  const message = JSON.parse(text) as { readonly id?: unknown };
  return "method" in message ? [] : [JSON.stringify(message.id)];
}

/** The messages of an answer: of a stream of events, or the one of a JSON body. */
function messagesIn(type: string, body: string): readonly string[] {
  if (type.includes("text/event-stream"))
    return body.split("\n").flatMap((line) => (line.startsWith("data: ") ? [line.slice(6)] : []));
  return type.includes("json") && body !== "" ? [body] : [];
}

function baseHeaders(token: string | null): Headers {
  return {
    accept: "application/json, text/event-stream",
    "content-type": "application/json",
    ...(token !== null && { authorization: `Bearer ${token}` }),
  };
}

function headersFor(
  random: Random,
  { token, session }: { readonly token: string | null; readonly session: string | null },
  { message }: Shot,
): Headers {
  const { method, params } = (typeof message === "object" && message !== null ? message : {}) as {
    readonly method?: unknown;
    readonly params?: { readonly name?: unknown };
  };
  const headers: Headers = {
    ...baseHeaders(token),
    ...(session !== null && { "mcp-session-id": session }),
    ...(session === null && { "mcp-protocol-version": MODERN_VERSION }),
    ...(session === null && isWord(method) && { "mcp-method": method }),
    ...(session === null && isWord(params?.name) && { "mcp-name": params.name }),
  };
  if (random.chance(0.85)) return headers;
  const name = random.pick([
    "accept",
    "authorization",
    "content-type",
    "mcp-session-id",
    "mcp-protocol-version",
    "mcp-method",
    "mcp-name",
    "content-encoding",
    "origin",
    "last-event-id",
  ]);
  const { [name]: _old, ...others } = headers;
  if (random.chance(0.3)) return others;
  const value = random.pick([
    ...ODD_VERSIONS,
    ...ODD_TYPES,
    "gzip",
    "tools/list",
    "null",
    "\u00ff\u00fe",
    "x".repeat(9_000),
  ]);
  return { ...others, [name]: value };
}

/** Whether a client sends the value as a header. More than 16 kB of headers end the connection. */
function isWord(value: unknown): value is string {
  return typeof value === "string" && value.length < 5_000 && /^[\w/.-]+$/.test(value);
}

function send(url: string, agent: Agent, method: string, headers: Headers, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = { "content-length": String(body.length) };
    const sent = request(
      url,
      { method, agent, headers: { ...headers, ...length }, timeout: BOUND_MS },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            session: String(response.headers["mcp-session-id"] ?? "") || null,
            type: response.headers["content-type"] ?? "",
            body: Buffer.concat(chunks).toString("utf8"),
          }),
        );
      },
    );
    sent.on("timeout", () => sent.destroy(new Error("no answer in time")));
    sent.on("error", reject);
    sent.end(body);
  });
}
