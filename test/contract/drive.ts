/** Every method of the gateway, called at a sandbox with a relay in between. */
import type { Gateway, Pass } from "../../src/gateway/gateway.ts";
import { SEED, startSandbox } from "../../src/sandbox/index.ts";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { gatewayTo } from "../gateway/harness.ts";
import { HOOKS, readCalls, writeCalls } from "./methods.ts";
import { startWire } from "./wire.ts";
import type { WireRequest } from "./wire.ts";

const PASS: Pass = { priority: "interactive" };

/** What a drive left behind: nothing of it is open any more. */
export interface Driven {
  readonly sandbox: Pick<Sandbox, "requests">;
  readonly gateway: Gateway;
  readonly sent: readonly WireRequest[];
  readonly settings: Readonly<Record<string, string>>;
}

/** How a drive is done: Trello's requests signed or not, and in which order, since a batch takes other questions along. */
export type Mode = "plain" | "signed";

const drives = new Map<Mode, Promise<Driven>>();

/** Calls everything once for all tests, which only read what was sent; rejects where a call does. */
export function driveEverything(mode: Mode): Promise<Driven> {
  const driven = drives.get(mode) ?? drive(mode);
  drives.set(mode, driven);
  return driven;
}

async function drive(mode: Mode): Promise<Driven> {
  const sandbox = await startSandbox({ rateLimits: false });
  const wire = await startWire(new URL(sandbox.trelloUrl).origin);
  const settings: Record<string, string> = { ...sandbox.env, TRELLO_TOKEN_SECRET: SEED.tokenSecret };
  for (const [name, value] of Object.entries(settings)) {
    if (name.endsWith("_URL")) settings[name] = value.replace(new URL(value).origin, wire.url);
  }
  for (const { kind: _kind, ...hook } of Object.values(HOOKS)) {
    sandbox.world.trello.webhooks.set(hook.id, {
      ...hook,
      token: SEED.tokens.full,
      description: "",
      active: false,
      consecutiveFailures: 0,
      firstConsecutiveFailDate: null,
    });
  }
  const { gateway } = await gatewayTo(settings, {
    webhooks: { want: async () => {}, unwant: async () => {} },
    ...(mode === "signed" && { trello: signed(settings) }),
  });
  const halves: [() => object, object][] = [
    [() => gateway.reads(PASS), readCalls],
    [() => gateway.writes(PASS), writeCalls],
  ];
  for (const [half, calls] of halves) {
    const each = callsOf(calls);
    for (const { part, name, call } of mode === "signed" ? each.toReversed() : each) {
      const api = (half() as Record<string, unknown>)[part];
      if (!api) throw new Error(`${part}.${name} is not configured`);
      await call(api);
    }
  }
  await gateway.close();
  await sandbox.close();
  return { sandbox, gateway, sent: wire.sent, settings };
}

function signed(settings: Readonly<Record<string, string>>) {
  return {
    baseUrl: settings["TRELLO_API_BASE_URL"] ?? "",
    apiKey: settings["TRELLO_API_KEY"] ?? "",
    apiToken: settings["TRELLO_API_TOKEN"] ?? "",
    apiSecret: settings["TRELLO_API_SECRET"],
    tokenSecret: settings["TRELLO_TOKEN_SECRET"],
  };
}

function callsOf(half: object) {
  return Object.entries(half as Record<string, Record<string, (api: unknown) => Promise<unknown>>>).flatMap(
    ([part, calls]) => Object.entries(calls).map(([name, call]) => ({ part, name, call })),
  );
}

/** `half.part.method` of everything that can be called on the gateway. */
export function methodsOf(gateway: Gateway): string[] {
  return [...functionsIn("reads", gateway.reads(PASS)), ...functionsIn("writes", gateway.writes(PASS))];
}

/** The same of everything that a drive calls. */
export function drivenMethods(): string[] {
  return [...functionsIn("reads", readCalls), ...functionsIn("writes", writeCalls)];
}

function functionsIn(at: string, value: unknown): string[] {
  if (typeof value === "function") return [at];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => functionsIn(`${at}.${name}`, each));
}
