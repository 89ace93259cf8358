import { randomBytes } from "node:crypto";
import { clock, createProcessName, isGone } from "../../src/cli/support/product.ts";
import type { Clock } from "../../src/domain/runtime.ts";
import { takesAway } from "../../src/effects/kinds.ts";
import { losersOf } from "../../src/effects/taking.ts";
import type { EngineDeps } from "../../src/engine/context.ts";
import { createGateway, type GatewayOptions } from "../../src/gateway/create.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
import type { Rules } from "../../src/policy/rules.ts";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { catalog, plannerOf, toolsMaking } from "../../src/tools/catalog.ts";

export const OPEN_RULES: Rules = {
  weakest: "client",
  confirmation: { default: null, tools: new Map() },
  protected: { members: [], groups: [] },
  limits: { peoplePerDay: 1000, destructiveEffectsPerDay: 1000, percentOfWorkspace: 100 },
  approvers: [],
  invitations: { expireAfterDays: 7 },
  workspaces: null,
  beyondWorkspaces: false,
  teamBoards: {},
  rosters: { leaverRung: "workspaces" },
};

export interface WiringOptions {
  /** Settings to take away, as an administrator who did not set them. */
  readonly without?: readonly ("scim" | "organization" | "enterprise")[];
  readonly token?: string;
  readonly rosters?: GatewayOptions["rosters"];
  readonly applications?: GatewayOptions["applications"];
  /** The windows of Trello's limits, as short as the sandbox's. */
  readonly windowMs?: number;
  readonly clock?: Clock;
  readonly http?: GatewayOptions["http"];
  /** In [0, 1): the share of each backoff that is waited. */
  readonly random?: () => number;
}

/** The store in a file, or in the database of a `postgres:` URL, as the product opens it. */
export function openStoreAt(place: string): Promise<Store> {
  return openStore(place.startsWith("postgres:") ? place : `sqlite:${place}`, {
    now: clock.now,
    monotonic: clock.monotonic,
    isDestructive: takesAway,
    losersOf,
  });
}

/** A gateway to the upstreams that `env` (a sandbox's settings) names. */
export function gatewayTo(
  env: Readonly<Record<string, string>>,
  store: Pick<Store, "ledger"> & Partial<Pick<Store, "webhooks">>,
  options: WiringOptions = {},
): Gateway {
  const left = (name: "scim" | "organization" | "enterprise") => !options.without?.includes(name);
  const setting = (name: string): string => env[name] ?? "";
  const baseUrl = setting("ATLASSIAN_API_BASE_URL");
  return createGateway({
    trello: {
      baseUrl: setting("TRELLO_API_BASE_URL"),
      apiKey: setting("TRELLO_API_KEY"),
      apiToken: options.token ?? setting("TRELLO_API_TOKEN"),
      windowMs: options.windowMs,
    },
    scim: left("scim")
      ? {
          baseUrl,
          directoryId: setting("ATLASSIAN_SCIM_DIRECTORY_ID"),
          token: setting("ATLASSIAN_SCIM_TOKEN"),
        }
      : null,
    organization: left("organization")
      ? { baseUrl, orgId: setting("ATLASSIAN_ORG_ID"), apiKey: setting("ATLASSIAN_ORG_API_KEY") }
      : null,
    enterpriseId: left("enterprise") ? setting("TRELLO_ENTERPRISE_ID") : null,
    ...(options.rosters && { rosters: options.rosters }),
    ...(options.applications && { applications: options.applications }),
    ledger: store.ledger,
    ...(store.webhooks && { webhooks: store.webhooks }),
    clock: options.clock ?? clock,
    random: options.random ?? Math.random,
    log: () => {},
    ...(options.http && { http: options.http }),
  });
}

/** What an engine of this process is built from; with a new process name each time, as in another process. */
export function engineDeps(
  gateway: Gateway,
  store: Store,
  rules: Partial<Rules> = {},
  ticking: Clock = clock,
): EngineDeps {
  const processName = createProcessName(randomBytes(4).toString("hex"));
  return {
    gateway,
    store,
    rules: { ...OPEN_RULES, ...rules },
    planner: plannerOf(catalog),
    toolsMaking: toolsMaking(catalog),
    clock: ticking,
    newId: (prefix) => `${prefix}_${randomBytes(8).toString("hex")}`,
    processName,
    gone: (other) => isGone(other, processName),
    log: () => {},
  };
}
