import { setTimeout as wait } from "node:timers/promises";
import { type CredentialChange, credentialChanges } from "../../config/credential-changes.ts";
import { type Config, secretsOf } from "../../config/config.ts";
import { isTemporary, toAppError } from "../../domain/error.ts";
import type { Log } from "../../domain/runtime.ts";
import type { Renewing } from "./new-credentials.ts";
import type { Reread } from "./rereading.ts";
import type { WatchedFiles } from "./watched-files.ts";

export interface RotationDeps {
  /** The configuration in use: of the service, and of each of its tenants. */
  readonly config: Config;
  readonly files: WatchedFiles;
  /** Reads all settings again. */
  reread(): Promise<Reread>;
  /**
   * Returns the parts of a tenant that use its credentials: store, gateway and log. For `null` instead of a tenant,
   * returns the parts of the service itself. Returns null if the tenant is not open now.
   */
  openOf(tenant: string | null): Promise<Renewing | null>;
  /**
   * Called with the configuration that contains the accepted new credentials. A tenant that is not open uses this
   * configuration when the tenant opens.
   */
  use(config: Config): void;
  /** Called with new secrets before they are used, so that no log shows them. */
  hide(secrets: readonly string[]): void;
  readonly log: Log;
}

/** One upstream with new credentials that could not be used. `tenant`: null for the service itself. */
export interface NotTaken {
  readonly tenant: string | null;
  readonly upstream: string;
}

/** Takes new credentials from the files of the settings, without a restart. */
export interface Rotation {
  /**
   * Checks whether a file has changed, and uses new credentials that are correct. Never throws. `all`: also tries new
   * credentials again that were refused before.
   */
  look(all?: "all"): Promise<void>;
  /** The upstreams for which the files contain new credentials that could not be used. */
  notTaken(): readonly NotTaken[];
  /** Whether any settings were read from files. If not, no credentials can change without a restart. */
  readonly isPossible: boolean;
}

/** How often (ms) the files are checked for changes. A check costs one call to the file system for each file. */
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
 * Makes the code that replaces credentials. New credentials are read, checked by a request, and only then used. If the
 * check fails, the old credentials stay in use and the log says what is wrong. Each connection is handled alone, so a
 * wrong secret of one connection does not affect the others.
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

  /**
   * Logs a line about one matter: a connection, the files, or a restart that is needed. If the last line about the same
   * matter was equal, the new line is not logged.
   */
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
        "a changed file is not used, because of these problems: correct the file; until then, the old credentials stay in use",
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
      // If the files again contain the credentials that an upstream already uses, nothing is refused any more. So the
      // upstream is removed from the list of new credentials that could not be used.
      for (const [matter, each] of waiting)
        if (each.tenant === tenant && !changes.some(({ upstream }) => upstream === each.upstream))
          waiting.delete(matter);
      if (changes.length > 0) await take(tenant, changes, now);
    }
    const text =
      "settings that are not credentials have changed; the server uses the new values only after a restart";
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
