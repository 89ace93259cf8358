import type { RosterConnection, RosterFeed } from "../../src/domain/roster.ts";
import type { Fault, Sandbox } from "../../src/sandbox/index.ts";
import { startSandbox } from "../../src/sandbox/index.ts";
import type { VendorPerson } from "../../src/sandbox/vendors/world.ts";
import { connectionsOf } from "../support/connections.ts";
import { boundless } from "../support/boundless.ts";
import { gatewayTo, hastyClock, type LogLine } from "../gateway/harness.ts";

/** The product's connections to the vendors of a sandbox. */
export interface Connected {
  readonly sandbox: Sandbox;
  readonly log: readonly LogLine[];
  /** Faults that apply from the next request on. */
  readonly faults: Fault[];
  feed(name: string): RosterFeed;
  /** Forgets faults, requests, and what a test changed at the vendors; the people stay. */
  reset(): void;
  close(): Promise<void>;
}

/** Without `limits` no budget is kept and waiting takes no time. */
export async function connect(
  change: (connection: RosterConnection) => RosterConnection = (connection) => connection,
  { limits = false } = {},
): Promise<Connected> {
  const faults: Fault[] = [];
  const sandbox = await startSandbox({ faults });
  const rosters = (await connectionsOf(sandbox)).map(change);
  const { gateway, log } = await gatewayTo(sandbox.env, {
    rosters,
    ...(!limits && { clock: hastyClock, ledger: boundless }),
  });
  return {
    sandbox,
    log,
    faults,
    feed(name) {
      const feeds = gateway.reads({ priority: "bulk" }).rosters ?? [];
      const found = feeds.find((feed) => feed.name === name);
      if (!found) throw new Error(`there is no roster ${name}`);
      return found;
    },
    reset() {
      faults.length = 0;
      const { vendors } = sandbox.world;
      vendors.missing.clear();
      for (const limit of vendors.limits.values()) limit.starts.length = 0;
      Object.assign(vendors, { premium: true, dpop: false, scim: {}, pageSize: undefined });
      sandbox.resetRequests();
    },
    async close() {
      await gateway.close();
      await sandbox.close();
    },
  };
}

/** A person at every vendor. */
export function vendorPerson(number: number, changes: Partial<VendorPerson> = {}): VendorPerson {
  const email = `person${number}@corp.example`;
  return {
    id: `00u${String(number).padStart(17, "0")}`,
    email,
    login: email,
    aliases: [],
    secondEmail: null,
    name: `Person ${number}`,
    department: "Engineering",
    manager: null,
    lastSignIn: "2026-01-02T03:04:05.000Z",
    state: "active",
    ...changes,
  };
}
