import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type Courier, createCourier } from "./courier.ts";
import { createFaultCounter } from "./faults.ts";
import type { FaultSchedule } from "./faults.ts";
import { createLimits } from "./limits.ts";
import { createMatcher } from "./route.ts";
import { routes } from "./routes.ts";
import { SEED, seedWorld } from "./seed.ts";
import { createApp } from "./server.ts";
import type { RequestRecord } from "./server.ts";
import { createAuthenticate } from "./trello/auth.ts";
import { createVerifySignature } from "./trello/oauth.ts";
import { connectionsFor } from "./vendors/connections.ts";
import { messyWorld } from "./worlds/messy/world.ts";
import type { World } from "./world.ts";

export { type Fault, type FaultKind, type FaultSchedule } from "./faults.ts";
export { SEED, seedWorld } from "./seed.ts";
export type { RequestRecord } from "./server.ts";
export { MESSY, messyWorld } from "./worlds/messy/world.ts";
export { tell } from "./trello/actions.ts";
export type { World } from "./world.ts";

/**
 * The two example companies of the sandbox: `clean`, which is in perfect order, and `messy`, which is as untidy as a
 * real company.
 */
export type WorldName = "clean" | "messy";

export interface SandboxOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** The company to use: `clean`, `messy`, or data of the caller's own. Default `clean`. */
  readonly world?: World | WorldName;
  /** True if every object in a reply gets an unknown field and loses an optional field. Default false. */
  readonly drift?: boolean;
  /** The clock, in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** The failures that the sandbox causes on purpose. A test can add more while the sandbox runs. */
  readonly faults?: FaultSchedule;
  /** True if webhooks are called only by `deliver`, so that a test decides when. Default false. */
  readonly postsByHand?: boolean;
  /**
   * Whether there are rate limits; default true. `windowMs`: the length of the time windows for key and token (10,000
   * ms at Trello).
   */
  readonly rateLimits?: boolean | { readonly windowMs: number };
}

export interface Sandbox {
  /** `TRELLO_API_BASE_URL` of this sandbox. */
  readonly trelloUrl: string;
  /** `ATLASSIAN_API_BASE_URL` of this sandbox. */
  readonly atlassianUrl: string;
  /** The settings with which the server uses this sandbox, with the token of the sandbox's main account. */
  readonly env: Record<string, string>;
  /** A connections file for the sandbox's identity providers, and the variables that the file names. */
  readonly connections: { readonly file: string; readonly env: Readonly<Record<string, string>> };
  /** The data of the sandbox itself, not a copy. Tests may read it and change it. */
  readonly world: World;
  /**
   * All HTTP requests since the start or the last reset, in the order of arrival. The list grows while the sandbox
   * runs.
   */
  readonly requests: readonly RequestRecord[];
  /** Calls the webhooks that are due by the clock, and returns after all answers. */
  readonly deliver: Courier["deliver"];
  /** Deletes the list of recorded requests. The failures in `faults` then count requests from 1 again. */
  resetRequests(): void;
  /** Closes every socket. */
  close(): Promise<void>;
}

/** Starts an emulated Trello and Atlassian on 127.0.0.1. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const given = typeof options.world === "object" ? options.world : null;
  const now = options.now ?? given?.now ?? Date.now;
  const world = given ?? (options.world === "messy" ? messyWorld({ now }) : seedWorld({ now }));
  if (options.drift) world.wire.drift = true;
  const faults = createFaultCounter(options.faults ?? []);
  const records: RequestRecord[] = [];
  const closing = new AbortController();
  const verifySignature = createVerifySignature(now);
  const courier = createCourier(world);
  const app = createApp({
    answered: options.postsByHand ? () => {} : courier.nudge,
    world,
    match: createMatcher(routes),
    faults,
    authenticate: createAuthenticate(world, now, verifySignature),
    verifySignature,
    limits: limitsOf(options.rateLimits ?? true, now, world.trello.usedElsewhere),
    records,
    closing: closing.signal,
  });
  const server = createServer(app);
  // Connections stay open longer than any pause of a client, so that no request arrives at a closing connection.
  server.keepAliveTimeout = 120_000;
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    // A client may break its connection at any time. This is not an error of the sandbox, so it only closes the socket.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const trelloUrl = `${base}/trello/1`;
  const atlassianUrl = `${base}/atlassian`;
  return {
    trelloUrl,
    atlassianUrl,
    env: environment(world, trelloUrl, atlassianUrl),
    connections: connectionsFor(`${base}/vendors`, world.vendors),
    world,
    requests: records,
    deliver: courier.deliver,
    resetRequests() {
      records.length = 0;
      faults.reset();
    },
    async close() {
      closing.abort();
      courier.close();
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function limitsOf(wanted: NonNullable<SandboxOptions["rateLimits"]>, now: () => number, elsewhere?: number) {
  if (wanted === false) return null;
  return wanted === true ? createLimits(now, elsewhere) : createLimits(now, elsewhere, wanted.windowMs);
}

function environment(world: World, trelloUrl: string, atlassianUrl: string): Record<string, string> {
  return {
    TRELLO_API_KEY: SEED.app.key,
    TRELLO_API_TOKEN: SEED.tokens.full,
    TRELLO_API_SECRET: SEED.app.secret,
    TRELLO_API_BASE_URL: trelloUrl,
    TRELLO_ENTERPRISE_ID: [...world.trello.enterprises.keys()][0] ?? "",
    ATLASSIAN_SCIM_DIRECTORY_ID: world.atlassian.directory.id,
    ATLASSIAN_SCIM_TOKEN: [...world.atlassian.directory.tokens][0] ?? "",
    ATLASSIAN_ORG_ID: world.atlassian.idOrg,
    ATLASSIAN_ORG_API_KEY: [...world.atlassian.orgApiKeys][0] ?? "",
    ATLASSIAN_API_BASE_URL: atlassianUrl,
    ATLASSIAN_AUTH_BASE_URL: atlassianUrl,
  };
}
