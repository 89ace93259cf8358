import type { Random } from "../faults/random.ts";
import { anyValue, argumentsFor, hostileText, type Schema, written, wrongArgumentsFor } from "./values.ts";

export type Era = "legacy" | "modern";

export interface FuzzedTool {
  readonly name: string;
  readonly inputSchema: Schema;
}

/** One thing that is sent: a line over stdio, a body over HTTP. */
export interface Shot {
  readonly kind: string;
  readonly bytes: Buffer;
  /** The message that the bytes hold; undefined if they are no JSON. */
  readonly message: unknown;
}

export interface ShotOptions {
  readonly tools: readonly FuzzedTool[];
  readonly era: Era;
  /** Makes the id of this shot, which no other shot has. */
  readonly id: string;
  /** The share of shots whose arguments fit the schema, so that they come as far as the upstream. */
  readonly deep: number;
}

export const MODERN_VERSION = "2026-07-28";
const VERSIONS = [
  MODERN_VERSION,
  "2025-06-18",
  "2024-11-05",
  "1999-01-01",
  "",
  "9".repeat(200),
  20250618,
  null,
];
const METHODS = [
  "ping",
  "tools/list",
  "tools/call",
  "resources/list",
  "resources/read",
  "resources/templates/list",
  "resources/subscribe",
  "prompts/list",
  "prompts/get",
  "server/discover",
  "logging/setLevel",
  "completion/complete",
  "tasks/get",
  "elicitation/create",
  "sampling/createMessage",
  "roots/list",
  "rpc.discover",
  "Tools/Call",
  "tools/call ",
  "__proto__",
  "constructor",
  "toString",
  "",
];
const NOTIFICATIONS = [
  "notifications/initialized",
  "notifications/cancelled",
  "notifications/progress",
  "notifications/roots/list_changed",
  "notifications/tools/list_changed",
  "notifications/nothing",
  "ping",
  "tools/call",
];

/** The frame that a client of the 2026 era sends with each request; sometimes a wrong one. */
function envelope(random: Random): unknown {
  if (random.chance(0.05)) return anyValue(random, 2);
  return {
    "io.modelcontextprotocol/protocolVersion": random.chance(0.96) ? MODERN_VERSION : random.pick(VERSIONS),
    "io.modelcontextprotocol/clientInfo": {
      name: random.chance(0.9) ? "fuzz" : hostileText(random),
      version: "0",
    },
    "io.modelcontextprotocol/clientCapabilities": random.chance(0.8) ? {} : { elicitation: { form: {} } },
    ...(random.chance(0.1) && { progressToken: anyValue(random, 1) }),
  };
}

function withEnvelope(random: Random, era: Era, params: object): object {
  if (era === "modern") return { ...params, _meta: envelope(random) };
  return random.chance(0.1) ? { ...params, _meta: anyValue(random, 2) } : params;
}

/** One shot of a random kind. */
export function createShot(random: Random, options: ShotOptions): Shot {
  const { tools, era, id, deep } = options;
  const rpc = (method: unknown, params: object) => ({
    jsonrpc: "2.0",
    id,
    method,
    params: withEnvelope(random, era, params),
  });
  const call = (name: unknown, args: unknown) => rpc("tools/call", { name, arguments: args });
  const shot = (kind: string, message: unknown): Shot => {
    const bytes = Buffer.from(written(message));
    // As a reader gets it: some numbers are read as infinite.
    return { kind, bytes, message: parsed(bytes) };
  };
  const request = (): object => {
    const tool = random.pick(tools);
    return call(tool.name, wrongArgumentsFor(random, tool.inputSchema));
  };
  if (random.chance(deep)) {
    const tool = random.pick(tools);
    return shot("fitting arguments", call(tool.name, argumentsFor(random, tool.inputSchema)));
  }
  switch (random.between(0, 11)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return shot("wrong arguments", request());
    case 4: {
      const name = random.chance(0.5) ? random.pick(tools).name : anyValue(random, 1);
      const args = random.pick([null, [], "", "{}", "[", 7, true, '{"__proto__":1}', hostileText(random)]);
      return shot("arguments that are none", call(name, args));
    }
    case 5:
      return shot(
        "methods",
        rpc(random.pick(METHODS), {
          ...asObject(anyValue(random, 2)),
          uri: hostileText(random),
          name: hostileText(random),
          cursor: hostileText(random),
        }),
      );
    case 6: {
      const params = { requestId: random.pick(["none", -1, null]), progressToken: "x", progress: 1 };
      const message = {
        jsonrpc: "2.0",
        method: random.pick(NOTIFICATIONS),
        params: random.chance(0.7) ? withEnvelope(random, era, params) : anyValue(random, 2),
      };
      return shot("notifications", message);
    }
    case 7:
      return shot("wrong frames", wrongFrame(random, request()));
    case 8: {
      const members = Array.from({ length: random.between(0, 4) }, (_each, index) => ({
        ...request(),
        id: `${id}.${index}`,
      }));
      return shot("batches", random.chance(0.3) ? [...members, anyValue(random, 1)] : members);
    }
    case 9: {
      const bytes = broken(random, request());
      return { kind: "broken text", bytes, message: parsed(bytes) };
    }
    case 10:
      return shot(
        "handshakes",
        rpc("initialize", {
          protocolVersion: random.pick(VERSIONS),
          capabilities: random.chance(0.7) ? {} : anyValue(random, 2),
          clientInfo: random.chance(0.7) ? { name: hostileText(random), version: "0" } : anyValue(random, 1),
        }),
      );
    default:
      return random.chance(0.95)
        ? shot("wrong frames", wrongFrame(random, request()))
        : shot("huge", huge(random, request()));
  }
}

/** A request with one part of its frame replaced, taken away or added. */
function wrongFrame(random: Random, request: object): unknown {
  const part = random.pick(["jsonrpc", "id", "method", "params", "result", "error", "__proto__"]);
  if (random.chance(0.1)) return anyValue(random, 2);
  const others = Object.entries(request).filter(([name]) => name !== part);
  return random.chance(0.3)
    ? Object.fromEntries(others)
    : Object.fromEntries([...others, [part, anyValue(random, 2)]]);
}

/** Mistakes in the bytes of a request: cut, doubled, overwritten, in another encoding. No line feed, which would end a line. */
function broken(random: Random, request: object): Buffer {
  const bytes = Buffer.from(written(request));
  const at = random.between(0, bytes.length - 1);
  const insert = (piece: Buffer) => Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
  switch (random.between(0, 7)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes, bytes]);
    case 2:
      return insert(Buffer.from([random.pick([0x00, 0x22, 0x5c, 0x7b, 0x0d, 0x1b])]));
    case 3:
      return insert(Buffer.from(random.pick([[0xff, 0xfe], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5]])));
    case 4:
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]);
    case 5:
      return Buffer.concat([bytes, Buffer.from("\r")]);
    case 6:
      return Buffer.from(bytes.toString("utf8").slice(0, 2_000), "utf16le");
    default:
      return Buffer.from(
        random.pick(["Content-Length: 10", "GET / HTTP/1.1", "'", "{]", "\u0000", "//", "{}", "[]", '"']),
      );
  }
}

function huge(random: Random, request: object): object {
  const params = random.pick([
    { name: "find_member", arguments: { member: "x".repeat(300_000) } },
    { name: "x".repeat(200_000), arguments: {} },
    { name: "invite_members", arguments: { emails: Array.from({ length: 20_000 }, (_each, n) => `u${n}@`) } },
    {
      name: "find_member",
      arguments: Object.fromEntries(Array.from({ length: 20_000 }, (_each, n) => [`k${n}`, n])),
    },
  ]);
  const { params: before } = request as { readonly params: object };
  return { ...request, params: { ...before, ...params } };
}

function asObject(value: unknown): object {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

/** What a reader of JSON makes of the bytes; undefined if it is no JSON. */
function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8").replace(/^\uFEFF/, "")) as unknown;
  } catch {
    return undefined;
  }
}

/** The ids of the requests in a message, each of which must get one answer. */
export function idsIn(message: unknown): readonly string[] {
  if (Array.isArray(message)) return message.flatMap(idsIn);
  if (typeof message !== "object" || message === null) return [];
  const { id } = message as { readonly id?: unknown };
  if (!("method" in message) || "result" in message || "error" in message) return [];
  return typeof id === "string" || Number.isSafeInteger(id) ? [JSON.stringify(id)] : [];
}
