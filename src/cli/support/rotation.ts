import { setTimeout as wait } from "node:timers/promises";
import { type CredentialChange, credentialChanges } from "../../config/credential-changes.ts";
import { type Config, secretsOf } from "../../config/config.ts";
import { isTemporary, toAppError } from "../../domain/error.ts";
import type { Log } from "../../domain/runtime.ts";
import type { Renewing } from "./new-credentials.ts";
import type { Reread } from "./rereading.ts";
import type { WatchedFiles } from "./watched-files.ts";

export interface RotationDeps {
  /** The configuration in use: the service's own, with those of its tenants. */
  readonly config: Config;
  readonly files: WatchedFiles;
  /** Reads all settings again. */
  reread(): Promise<Reread>;
  /** What is open for a tenant, or for the service itself (null); null if it is not open. */
  openOf(tenant: string | null): Promise<Renewing | null>;
  /** Called with the configuration with which a tenant that is not open shall open. */
  use(config: Config): void;
  /** Called with new secrets before they are used, so that no log shows them. */
  hide(secrets: readonly string[]): void;
  readonly log: Log;
}

/** New credentials that are not used. */
export interface NotTaken {
  readonly tenant: string | null;
  readonly upstream: string;
}

/** Takes new credentials from the files of the settings, without a restart. */
export interface Rotation {
  /**
   * Looks whether a file is another one, and takes what is new and right. Never throws. `all`: also tries again what
   * was refused before.
   */
  look(all?: "all"): Promise<void>;
  /** The new credentials in the files that are not used. */
  notTaken(): readonly NotTaken[];
  /** Whether credentials can come from a file at all. */
  readonly isPossible: boolean;
}

/** How often (ms) the files are looked at. A look costs one question to the file system for each file. */
const LOOK_MS = 15_000;

/** Looks for new credentials until `signal` is aborted. The timer does not keep the process running. */
export async function keepRotating({ look, isPossible }: Rotation, signal: AbortSignal): Promise<void> {
  if (!isPossible) return;
  while (!signal.aborted) {
    await wait(LOOK_MS, undefined, { signal, ref: false }).catch(() => {});
    if (!signal.aborted) await look();
  }
}

/**
 * New credentials are read, checked by a request, and only then used. Otherwise the old ones stay in use, and the log
 * says what is wrong. Each connection is taken by itself, so a wrong secret of one does not hold back the others.
 */
export function createRotation(deps: RotationDeps): Rotation {
  const { files, log } = deps;
  const inUse = new Map<string | null, Config>();
  inUse.set(null, { ...deps.config, tenants: [] });
  for (const tenant of deps.config.tenants) inUse.set(tenant.tenant, tenant);
  const waiting = new Map<string, NotTaken>();
  const said = new Map<string, string>();
  let isAgain = false;
  let looking: Promise<void> | null = null;

  /** Logs a line once, until the same matter gives another line. */
  function say(
    matter: string,
    level: "warn" | "error",
    facts: Readonly<Record<string, unknown>>,
    text: string,
  ) {
    const line = JSON.stringify([level, facts, text]);
    if (said.get(matter) !== line) log(level, facts, text);
    said.set(matter, line);
  }

  async function take(
    tenant: string | null,
    changes: readonly CredentialChange[],
    now: Config,
  ): Promise<void> {
    const open = await deps.openOf(tenant);
    const { assertUsable, renewCredentials } = await import("./new-credentials.ts");
    const usable: CredentialChange[] = [];
    for (const change of changes) {
      const { upstream } = change;
      const facts = { ...(tenant !== null && { tenant }), upstream };
      const matter = `${tenant ?? ""} ${upstream}`;
      try {
        if (open) await assertUsable(change, now, open);
        usable.push(change);
        waiting.delete(matter);
        said.delete(matter);
      } catch (thrown) {
        const error = toAppError(thrown);
        isAgain ||= isTemporary(error);
        waiting.set(matter, { tenant, upstream });
        const why = { code: error.code, reason: error.message, next: error.next };
        say(matter, "error", { ...facts, ...why }, "new credentials are not used; the old ones stay in use");
      }
    }
    if (usable.length === 0) return;
    const next = open
      ? renewCredentials(usable, now, open)
      : usable.reduce((config, change) => change.in(config), now);
    inUse.set(tenant, next);
    deps.use(next);
    const upstreams = usable.map(({ upstream }) => upstream);
    log("info", { ...(tenant !== null && { tenant }), upstreams }, "new credentials are in use");
  }

  async function lookOnce(all: boolean): Promise<void> {
    if (!all && !isAgain && !(await files.haveChanged())) return;
    isAgain = false;
    const { config, problems } = await deps.reread();
    if (problems.length === 0) said.delete("files");
    else
      say(
        "files",
        "error",
        { problems },
        "a changed file is not used; the credentials in use stay: correct the file",
      );
    if (config === null) return;
    deps.hide(secretsOf(config).map((secret) => secret.reveal()));
    const found = new Map<string | null, Config>([[null, { ...config, tenants: [] }]]);
    for (const tenant of config.tenants) found.set(tenant.tenant, tenant);
    let isRestartNeeded = [...found.keys()].some((tenant) => !inUse.has(tenant));
    for (const [tenant, now] of inUse) {
      const next = found.get(tenant);
      const { changes, isRestartNeeded: isMore } = next
        ? credentialChanges(now, next)
        : { changes: [], isRestartNeeded: true };
      isRestartNeeded ||= isMore;
      // The old credentials may be in the file again.
      for (const [matter, each] of waiting)
        if (each.tenant === tenant && !changes.some(({ upstream }) => upstream === each.upstream))
          waiting.delete(matter);
      if (changes.length > 0) await take(tenant, changes, now);
    }
    const text = "other settings than credentials have changed; they are used after a restart";
    if (isRestartNeeded) say("restart", "warn", {}, text);
    else said.delete("restart");
  }

  return {
    isPossible: files.paths().length > 0,
    look(all) {
      looking ??= lookOnce(all === "all")
        .catch((thrown: unknown) => {
          const { code, message } = toAppError(thrown);
          log("error", { code, reason: message }, "new credentials could not be looked for");
          isAgain = true;
        })
        .finally(() => (looking = null));
      return looking;
    },
    notTaken: () => [...waiting.values()],
  };
}
