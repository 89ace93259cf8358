import { setTimeout as sleep } from "node:timers/promises";
import { createGateway } from "../../src/gateway/create.ts";
import type { GatewayOptions, RenewableGateway } from "../../src/gateway/create.ts";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { openLedger } from "../../src/store/ledger.ts";

export const realClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, signal ? { signal } : {}),
};

/** Time runs as usual, but waiting takes none: backoffs cost a test nothing. */
export const hastyClock = {
  ...realClock,
  sleep: (_ms: number, signal?: AbortSignal) => sleep(1, undefined, signal ? { signal } : {}),
};

export interface LogLine {
  readonly level: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A gateway onto a sandbox (or onto any address), with its log kept. */
export async function gatewayTo(
  env: Readonly<Record<string, string>>,
  overrides: Partial<GatewayOptions> = {},
): Promise<{ gateway: RenewableGateway; log: LogLine[] }> {
  const log: LogLine[] = [];
  const gateway = createGateway({
    trello: {
      baseUrl: env["TRELLO_API_BASE_URL"] ?? "",
      apiKey: env["TRELLO_API_KEY"] ?? "test-api-key",
      apiToken: env["TRELLO_API_TOKEN"] ?? "test-api-token",
    },
    scim: {
      baseUrl: env["ATLASSIAN_API_BASE_URL"] ?? "",
      directoryId: env["ATLASSIAN_SCIM_DIRECTORY_ID"] ?? "directory",
      token: env["ATLASSIAN_SCIM_TOKEN"] ?? "test-scim-token",
    },
    organization: {
      baseUrl: env["ATLASSIAN_API_BASE_URL"] ?? "",
      orgId: env["ATLASSIAN_ORG_ID"] ?? "organization",
      apiKey: env["ATLASSIAN_ORG_API_KEY"] ?? "test-organization-key",
    },
    enterpriseId: env["TRELLO_ENTERPRISE_ID"] ?? null,
    ledger: await openLedger(":memory:", realClock.monotonic),
    clock: realClock,
    random: () => 0,
    log: (level, facts, message) => log.push({ level, facts, message }),
    ...overrides,
  });
  return { gateway, log };
}

/** How often each operation was asked for, by the sandbox's own count. */
export function operations(sandbox: Sandbox): string[] {
  return sandbox.requests.map(({ operation, method, path }) => operation ?? `${method} ${path}`);
}
