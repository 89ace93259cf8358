import type { Config } from "../config/config.ts";
import { AppError, sentenceOf, toAppError } from "../domain/error.ts";
import type { Reads } from "../domain/reads.ts";
import { clean, plural } from "../domain/text.ts";
import { daysLeft, HOW_TO_REPLACE, scopesOf } from "../domain/token.ts";
import type { TokenInfo } from "../domain/trello.ts";
import type { Gateway } from "../gateway/gateway.ts";
import { requireLoopback } from "../transport/http.ts";
import { type Command, type CommandIo, print } from "./support/command.ts";
import { clock, type Product, wire } from "./support/product.ts";
import { startSandboxed } from "./support/sandboxed.ts";
import { configure, readFlags } from "./support/settings.ts";

/** Looks at the settings, the store and every upstream, one line each; 1 when something is broken. */
export const run: Command = async (io) => {
  const { values, settings } = readFlags(io.args, { sandbox: { type: "boolean" } });
  const sandboxed = values.sandbox ? await startSandboxed(io.env) : null;
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

async function examine(io: CommandIo, { config, gateway, engine }: Product): Promise<number> {
  const waiting = (await engine.waiting()).length;
  report(io, "ok", "Store", `opens; ${plural(waiting, "plan")} waiting for a decision`);
  const reads = gateway.reads({ priority: "interactive", signal: io.stop });
  let broken = 0;
  // One after the other, so that the first failure is told in the order in which it should be mended.
  // What the gateway knows comes last: it learns it from the other checks' replies.
  for (const check of [
    ...upstreamChecks(config, reads, clock.now),
    ...gatewayChecks(gateway),
    httpCheck(config),
  ])
    broken += await look(io, check);
  return broken === 0 ? 0 : 1;
}

async function look(io: CommandIo, check: Check): Promise<0 | 1> {
  try {
    report(io, "ok", check.name, await check.look());
    return 0;
  } catch (thrown) {
    report(io, "FAIL", check.name, sentenceOf(toAppError(thrown)));
    return 1;
  }
}

function report(io: CommandIo, mark: "ok" | "FAIL", name: string, found: string): void {
  print(io.stdout, `${mark.padEnd(5)}${name.padEnd(19)}${found}`);
}

/** One thing that `doctor` looks at; `look` answers what it found and throws where it is broken. */
export interface Check {
  readonly name: string;
  look(): Promise<string>;
}

/** Every upstream that the settings name, and a plain word on those that they do not. */
export function upstreamChecks(config: Config, reads: Reads, now: () => number): readonly Check[] {
  const { trello, scim, organization, enterprise } = reads;
  const unset = (name: string, settings: string): Check => ({
    name,
    look: async () => `not configured (${settings})`,
  });
  return [
    {
      name: "Trello account",
      async look() {
        const me = await trello.me();
        return `${clean(me.fullName)} (@${clean(me.username)})`;
      },
    },
    {
      name: "Trello token",
      look: async () => describeToken(await trello.token(), now()),
    },
    {
      name: "Workspaces",
      async look() {
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
          look: async () => `${(await scim.users({ count: 1 })).totalResults} users`,
        }
      : unset("SCIM directory", "ATLASSIAN_SCIM_DIRECTORY_ID, ATLASSIAN_SCIM_TOKEN"),
    organization
      ? {
          name: "Organization API",
          async look() {
            // Any address does: what is asked is whether the key may search.
            await organization.accountByEmail("nobody@invalid.example");
            return "the key can search the directory";
          },
        }
      : unset("Organization API", "ATLASSIAN_ORG_ID, ATLASSIAN_ORG_API_KEY"),
    enterprise
      ? {
          name: "Trello Enterprise",
          async look() {
            await enterprise.members({});
            return "its members can be read";
          },
        }
      : unset("Trello Enterprise", "TRELLO_ENTERPRISE_ID"),
  ];
}

/** Scopes and expiry of a token, in words; `now` in milliseconds since 1970. */
function describeToken(token: TokenInfo, now: number): string {
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

/** Far more than a reply takes, and far less than a provider allows a signature's timestamp to be off. */
const TOLERATED_SKEW_MS = 60_000;

/** What `http` needs: an address that it may listen on. */
function httpCheck({ http: { host, port } }: Config): Check {
  return {
    name: "HTTP address",
    async look() {
      requireLoopback(host);
      return `${host}:${port}, for this machine alone`;
    },
  };
}

/** What the gateway itself knows after it has asked every upstream: the clock and the budgets. */
export function gatewayChecks(gateway: Pick<Gateway, "clockSkewMs" | "budgets">): readonly Check[] {
  return [
    {
      name: "Clock",
      async look() {
        const ahead = gateway.clockSkewMs();
        if (ahead === null) return "not compared: Trello has not answered";
        const off = `${Math.round(Math.abs(ahead) / 1_000)} s ${ahead < 0 ? "behind" : "ahead of"} Trello's`;
        if (Math.abs(ahead) <= TOLERATED_SKEW_MS)
          return Math.abs(ahead) < 2_000 ? "agrees with Trello's" : off;
        throw new AppError("CONFIG_INVALID", `This machine's clock is ${off}.`, {
          next: "Set it by a time server: OAuth 1.0 signatures, expiries and the audit's times depend on it.",
        });
      },
    },
    {
      name: "Rate budgets",
      async look() {
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
