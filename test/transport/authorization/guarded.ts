import { request } from "node:http";
import type { JWTPayload } from "jose";
import type { Tenancy } from "../../../src/domain/sign-in.ts";
import { createNeededScope } from "../../../src/server/scopes.ts";
import { createIssuers } from "../../../src/transport/authorization/issuers.ts";
import { createResourceGate } from "../../../src/transport/authorization/resource-gate.ts";
import { createTokenVerifier } from "../../../src/transport/authorization/verifier.ts";
import { type HttpDeps, type RunningHttp, startHttp } from "../../../src/transport/http.ts";
import { type PlannedEngine, removal, startPlannedEngine } from "../../support/planned-engine.ts";
import { createSmallServer, type LogLine, smallTools } from "../../support/small-server.ts";
import { startIssuer, type TestIssuer } from "./issuer.ts";

export const AUDIENCE = "https://identity.example/mcp";

export interface Guarded extends PlannedEngine {
  readonly server: RunningHttp;
  readonly origin: string;
  readonly issuer: TestIssuer;
  readonly logs: readonly LogLine[];
  /** Moves the clock of the gate (ms). */
  pass(ms: number): void;
  /** The claims of a good token, with changes. */
  claims(changes?: JWTPayload): JWTPayload;
  /** A good token, with changes. */
  token(changes?: JWTPayload): Promise<string>;
}

export interface GuardedOptions {
  readonly issuer?: TestIssuer;
  readonly issuers?: readonly string[];
  readonly subjectClaims?: readonly string[];
  readonly scopePrefix?: string;
  readonly tenancy?: Tenancy;
  readonly http?: Partial<HttpDeps>;
  /** How often (ms) changes of resources are looked for. */
  readonly lookMs?: number;
}

/** A server over the planned engine, which only people who signed in at a test's issuer may call. */
export async function startGuarded(options: GuardedOptions = {}): Promise<Guarded> {
  const { subjectClaims = ["sub"], scopePrefix = "", tenancy = null } = options;
  const issuer = options.issuer ?? (await startIssuer());
  const planned = await startPlannedEngine({ effects: ["a", "b"].map(removal) });
  const logs: LogLine[] = [];
  const log = (level: string, facts: Readonly<Record<string, unknown>>, message: string) =>
    void logs.push({ level, facts, message });
  const { factory } = createSmallServer(
    planned,
    options.lookMs === undefined ? {} : { lookMs: options.lookMs },
  );
  let later = 0;
  const now = () => Date.now() + later;
  const issuers = createIssuers({
    issuers: options.issuers ?? [issuer.url],
    get: fetch,
    now,
    keysCooldownMs: 0,
  });
  const verifier = createTokenVerifier({
    issuers,
    audiences: [AUDIENCE, "api://other-name"],
    subjectClaims,
    scopePrefix,
    tenancy,
    now,
    log,
  });
  const scopes = ["identity:read", "identity:write", "offline_access"];
  const needed = createNeededScope({ tools: smallTools, engine: planned.engine });
  const server = await startHttp(factory, {
    host: "127.0.0.1",
    port: 0,
    log,
    store: planned.clientSessions,
    ready: async () => true,
    gate: (publicUrl) =>
      createResourceGate({ verifier, issuers, needed, publicUrl, scopes, scopePrefix, tenancy, log }),
    ...options.http,
  });
  const claims = (changes: JWTPayload = {}): JWTPayload => {
    const at = Math.floor(Date.now() / 1000);
    const standard = { iss: issuer.name, aud: AUDIENCE, sub: "ada", iat: at, exp: at + 600 };
    return { ...standard, scope: "identity:read identity:write identity:destructive", ...changes };
  };
  return {
    ...planned,
    server,
    origin: new URL(server.url).origin,
    issuer,
    logs,
    pass: (ms) => {
      later += ms;
    },
    claims,
    token: (changes) => issuer.sign(claims(changes)),
    async close() {
      await server.close();
      await planned.close();
      await issuer.close();
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A bare request on a connection of its own. It may lie about its Host, which `fetch` cannot. */
export function send(url: string, { method = "GET", headers = {}, body }: Sent = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body === undefined ? "" : JSON.stringify(body));
  });
}

const MODERN = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "raw", version: "0" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

/** A message of the 2026 era with a token, or without one. */
export function post(
  url: string,
  token: string | null,
  method: string,
  params: Readonly<Record<string, unknown>> = {},
): Promise<Answer> {
  return send(url, {
    method: "POST",
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": method,
      ...(typeof params["name"] === "string" && { "mcp-name": params["name"] }),
      ...(typeof params["uri"] === "string" && { "mcp-name": params["uri"] }),
    },
    body: {
      jsonrpc: "2.0",
      id: 7,
      method,
      params: { ...params, _meta: { ...MODERN, ...(params["_meta"] as object) } },
    },
  });
}

/** `tools/call` of the 2026 era. */
export function call(url: string, token: string | null, name: string, args: object): Promise<Answer> {
  return post(url, token, "tools/call", { name, arguments: args });
}

/** The parameters of a challenge, by name. */
export function challengeOf({ headers }: Answer): Readonly<Record<string, string>> {
  const text = String(headers["www-authenticate"]);
  return Object.fromEntries([...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
}
