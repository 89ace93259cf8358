import { type AuditRecord, factsOf } from "../domain/audit.ts";
import { toAppError } from "../domain/error.ts";
import type { Caller } from "../domain/planning.ts";
import type { Log } from "../domain/runtime.ts";
import type { Engine } from "../engine/engine.ts";
import { evidenceAddress } from "../report/forms.ts";
import { AUDIT_RESOURCE } from "./audit.ts";
import { ENDINGS } from "./evidence.ts";
import { packageAddresses } from "./reviews.ts";

/** A change about which a client is told, in the form that the SDK needs. */
export type ResourceChange =
  | { readonly kind: "resource_updated"; readonly uri: string }
  | { readonly kind: "resources_list_changed" };

/** Tells a caller which of the caller's resources change. The change may be made by any process with the same store. */
export interface ResourceChanges {
  /** Calls `tell` for each change from now on, until the returned function is called. */
  follow(caller: Caller, tell: (change: ResourceChange) => void): () => void;
}

/** How often (ms) the store is asked for changes while a client is subscribed. */
const LOOK_MS = 1_000;
const PAGE = 500;

interface Follower {
  /** The id of the principal for whom this client makes its calls; null until it is known. */
  principal: string | null;
  /** The audit records that were read while `principal` was null. */
  readonly early: AuditRecord[];
  readonly tell: (change: ResourceChange) => void;
}

/**
 * Tells clients which resources have changed. Each change of a plan, a run or a review has a record in the audit log.
 * So the newest records show what changed. If no client is subscribed, nothing is read.
 */
export function createResourceChanges({
  engine,
  log,
  lookMs = LOOK_MS,
}: {
  readonly engine: Pick<Engine, "auditAfter" | "principalId">;
  readonly log: Log;
  readonly lookMs?: number | undefined;
}): ResourceChanges {
  const followers = new Set<Follower>();
  let round: { readonly stop: () => void } | null = null;

  function begin() {
    let timer: NodeJS.Timeout | undefined;
    let isStopped = false;
    let last: number | null = null;
    async function look(): Promise<void> {
      try {
        let found: number;
        do {
          const page = await engine.auditAfter(last, PAGE);
          last = page.last;
          found = page.records.length;
          for (const follower of followers) deliver(follower, page.records);
        } while (found === PAGE);
      } catch (thrown) {
        log("warn", { code: toAppError(thrown).code }, "changes of resources could not be read");
      }
      if (isStopped) return;
      timer = setTimeout(() => void look(), lookMs);
      timer.unref();
    }
    void look();
    return {
      stop() {
        isStopped = true;
        clearTimeout(timer);
      },
    };
  }

  async function learnPrincipal(follower: Follower, caller: Caller): Promise<void> {
    try {
      follower.principal = await engine.principalId(caller);
      deliver(follower, follower.early.splice(0));
    } catch (thrown) {
      log("warn", { code: toAppError(thrown).code }, "a client's subscription could not be started");
    }
  }

  return {
    follow(caller, tell) {
      const follower: Follower = { principal: null, early: [], tell };
      followers.add(follower);
      round ??= begin();
      void learnPrincipal(follower, caller);
      return () => {
        followers.delete(follower);
        if (followers.size > 0) return;
        round?.stop();
        round = null;
      };
    },
  };
}

function deliver({ principal, early, tell }: Follower, records: readonly AuditRecord[]): void {
  if (principal === null) {
    early.push(...records);
    return;
  }
  const own = records.filter((record) => record.principal === principal);
  if (own.length === 0) return;
  for (const uri of new Set([AUDIT_RESOURCE.uri, ...own.flatMap(addressesOf)]))
    tell({ kind: "resource_updated", uri });
  if (own.some(({ event }) => LISTED.has(event))) tell({ kind: "resources_list_changed" });
}

/** The events of the audit log that change the list of resources, because the list shows each run with its result. */
const LISTED: ReadonlySet<string> = new Set(["run.started", "run.finished", "run.stopped"]);

/**
 * The addresses of the resources that change with an audit record. A review itself never changes, so its records change
 * only the review's package.
 */
function addressesOf(record: AuditRecord): readonly string[] {
  if (record.event.startsWith("review.")) return packageAddresses(record.subject);
  const { run } = factsOf(record);
  return typeof run === "string" ? ENDINGS.map(([ending]) => evidenceAddress(run, ending)) : [];
}
