import type { Config } from "../config/config.ts";
import { AppError, sentenceOf, toAppError } from "../domain/error.ts";
import type { Reads } from "../domain/reads.ts";
import { clean, listNames, plural } from "../domain/text.ts";
import { daysLeft, HOW_TO_REPLACE, scopesOf } from "../domain/token.ts";
import type { TokenInfo } from "../domain/trello.ts";
import type { Gateway } from "../gateway/gateway.ts";
import { requireLoopback } from "../transport/http.ts";
import type { Store } from "../store/store.ts";
import { type Command, type CommandIo, print } from "./support/command.ts";
import { clock, type Product, wire } from "./support/product.ts";
import { SANDBOX_FLAGS, sandboxWorld, startSandboxed } from "./support/sandboxed.ts";
import { configure, readFlags } from "./support/settings.ts";

/** Checks the settings, the store and every upstream, one line each. The exit code is 1 if something is broken. */
export const run: Command = async (io) => {
  const { values, settings } = readFlags(io.args, SANDBOX_FLAGS);
  const world = sandboxWorld(values);
  const sandboxed = world ? await startSandboxed(io.env, world) : null;
  try {
    const env = sandboxed?.env ?? io.env;
    const config = await configure({ ...io, env }, settings, { trello: true });
    report(
      io,
      "ok",
      "Settings",
      `confirmation ${config.confirmation}${config.readOnly ? ", read-only" : ""}`,
    );
    const quiet: Config = { ...config, logLevel: "error" };
    const product = await wire(quiet, { tools: [], writeLog: (line) => io.stderr.write(line) });
    try {
      return await examine(io, product);
    } finally {
      await product.close();
    }
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    const { problems } = thrown.details;
    const name = thrown.code === "STORE_FAILED" ? "Store" : "Settings";
    for (const found of Array.isArray(problems) ? problems : [sentenceOf(thrown)])
      report(io, "FAIL", name, found);
    return 1;
  } finally {
    await sandboxed?.close();
  }
};

async function examine(io: CommandIo, { config, gateway, engine, store }: Product): Promise<number> {
  const waiting = (await engine.waiting()).length;
  report(io, "ok", "Store", `opens; ${plural(waiting, "plan")} waiting for a decision`);
  const reads = gateway.reads({ priority: "interactive", signal: io.stop });
  let broken = 0;
  // One after the other, so that failures stand in the order in which they should be repaired.
  // The gateway's own checks come last, because it learns from the replies to the other checks.
  for (const check of [
    ...upstreamChecks(config, reads, clock.now),
    runsCheck(store, reads, clock.now),
    ...gatewayChecks(gateway),
    httpCheck(config),
  ])
    broken += await runCheck(io, check);
  return broken === 0 ? 0 : 1;
}

async function runCheck(io: CommandIo, check: Check): Promise<0 | 1> {
  try {
    report(io, "ok", check.name, await check.inspect());
    return 0;
  } catch (thrown) {
    report(io, "FAIL", check.name, sentenceOf(toAppError(thrown)));
    return 1;
  }
}

function report(io: CommandIo, mark: "ok" | "FAIL", name: string, found: string): void {
  print(io.stdout, `${mark.padEnd(5)}${name.padEnd(19)}${found}`);
}

/** How long (ms) a stopped run is told of. */
const STOPPED_TOLD_MS = 7 * 86_400_000;

/** Runs that wait for somebody: stopped ones, and those of another account that no server finishes. */
function runsCheck({ runs }: Pick<Store, "runs">, { trello }: Reads, now: () => number): Check {
  return {
    name: "Runs",
    async inspect() {
      const at = new Date(now()).toISOString();
      const left = await runs.left(at, new Date(now() - STOPPED_TOLD_MS).toISOString());
      const stopped = left.filter(({ state }) => state === "stopped");
      const unfinished = left.filter(({ state }) => state !== "stopped");
      const me = unfinished.length === 0 ? null : (await trello.me()).id;
      const others = unfinished.filter(({ principal }) => principal.id !== me);
      if (others.length > 0) {
        const ids = others.map(
          ({ id, principal, done, total }) =>
            `${id} of ${clean(principal.name)} (${done} of ${total} changes made)`,
        );
        throw new AppError("CONFLICT", `No server with this token finishes ${listNames(ids, 5)}.`, {
          next: "Start a server with the token of that account, or end each with `runs stop ID` and undo it with restore_member.",
        });
      }
      const told = stopped.map(({ id, stopped: why }) => `${id} (${why?.message ?? "stopped"})`);
      return [
        unfinished.length === 0
          ? "none is unfinished"
          : `${plural(unfinished.length, "run")} will be taken up by the server`,
        ...(told.length === 0 ? [] : [`stopped with changes left: ${listNames(told, 5)}`]),
      ].join("; ");
    },
  };
}

/** One thing that `doctor` checks. `inspect` answers what it found and throws if the thing is broken. */
export interface Check {
  readonly name: string;
  inspect(): Promise<string>;
}

/** A check for every upstream; an upstream without settings is reported as not configured. */
export function upstreamChecks(config: Config, reads: Reads, now: () => number): readonly Check[] {
  const { trello, scim, organization, enterprise } = reads;
  const unset = (name: string, settings: string): Check => ({
    name,
    inspect: async () => `not configured (${settings})`,
  });
  return [
    {
      name: "Trello account",
      async inspect() {
        const me = await trello.me();
        return `${clean(me.fullName)} (@${clean(me.username)})`;
      },
    },
    {
      name: "Trello token",
      inspect: async () => tokenText(await trello.token(), now()),
    },
    {
      name: "Workspaces",
      async inspect() {
        const workspaces = await trello.workspaces();
        const names = workspaces.map(({ displayName, tier }) => `${clean(displayName, 40)} (${tier})`);
        if (config.workspaces === null) return names.join(", ") || "none";
        const seen = workspaces.filter(({ id }) => config.workspaces?.includes(id)).length;
        if (seen === 0) {
          throw new AppError(
            "CONFIG_INVALID",
            "The token sees none of the workspaces in IDENTITY_WORKSPACES.",
            {
              next: "Correct the ids, or use the token of a member of these workspaces.",
            },
          );
        }
        return `${names.join(", ") || "none"}; ${seen} of the ${config.workspaces.length} allowed are visible`;
      },
    },
    scim
      ? {
          name: "SCIM directory",
          inspect: async () => `${(await scim.users({ count: 1 })).totalResults} users`,
        }
      : unset("SCIM directory", "ATLASSIAN_SCIM_DIRECTORY_ID, ATLASSIAN_SCIM_TOKEN"),
    organization
      ? {
          name: "Organization API",
          async inspect() {
            // Any address will do: the check is whether the key may search.
            await organization.accountByEmail("nobody@invalid.example");
            return "the key can search the directory";
          },
        }
      : unset("Organization API", "ATLASSIAN_ORG_ID, ATLASSIAN_ORG_API_KEY"),
    enterprise
      ? {
          name: "Trello Enterprise",
          async inspect() {
            await enterprise.members({});
            return "its members can be read";
          },
        }
      : unset("Trello Enterprise", "TRELLO_ENTERPRISE_ID"),
  ];
}

/** The scopes and the expiry of a token in words. UNAUTHENTICATED if it expired. `now` in milliseconds since 1970. */
function tokenText(token: TokenInfo, now: number): string {
  const days = daysLeft(token, now);
  if (days !== null && days < 0) {
    throw new AppError("UNAUTHENTICATED", `The token expired on ${token.dateExpires?.slice(0, 10)}.`, {
      next: "Make a new token with the `login` command.",
    });
  }
  const expiry =
    days === null
      ? "never expires"
      : `expires on ${token.dateExpires?.slice(0, 10)}, in ${days} days; ${HOW_TO_REPLACE}`;
  return `scopes ${scopesOf(token).join(", ") || "none"}; ${expiry}`;
}

/** Longer than a reply takes, and far shorter than the difference that a provider allows in a signature's time. */
const TOLERATED_SKEW_MS = 60_000;

/** Whether `http` may listen on the address of the settings. */
function httpCheck({ http: { host, port } }: Config): Check {
  return {
    name: "HTTP address",
    async inspect() {
      requireLoopback(host);
      return `${host}:${port}, for this machine alone`;
    },
  };
}

/** What the gateway knows after it has asked every upstream: the clock and the budgets. */
export function gatewayChecks(gateway: Pick<Gateway, "clockOffsetMs" | "budgets">): readonly Check[] {
  return [
    {
      name: "Clock",
      async inspect() {
        const ahead = gateway.clockOffsetMs();
        if (ahead === null) return "not compared: Trello has not answered";
        const off = `${Math.round(Math.abs(ahead) / 1_000)} s ${ahead < 0 ? "behind" : "ahead of"} Trello's`;
        if (Math.abs(ahead) <= TOLERATED_SKEW_MS)
          return Math.abs(ahead) < 2_000 ? "agrees with Trello's" : off;
        throw new AppError("CONFIG_INVALID", `This machine's clock is ${off}.`, {
          next: "Set it from a time server: OAuth 1.0 signatures, expiry times and the audit log depend on it.",
        });
      },
    },
    {
      name: "Rate budgets",
      async inspect() {
        const budgets = await gateway.budgets();
        return budgets
          .map(
            ({ id, limit, windowMs, remaining }) =>
              `${id.split(":")[0]} ${remaining} of ${limit} left in ${windowMs / 1_000} s`,
          )
          .join(", ");
      },
    },
  ];
}
