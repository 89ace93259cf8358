import type { Config } from "../config/config.ts";
import type { Reads } from "../domain/reads.ts";
import { clean } from "../domain/text.ts";
import { HOW_TO_REPLACE, daysLeft, scopesOf } from "../domain/token.ts";
import type { TokenInfo } from "../domain/trello.ts";

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
  const expiry =
    days === null
      ? "never expires"
      : `expires on ${token.dateExpires?.slice(0, 10)}, in ${days} days; ${HOW_TO_REPLACE}`;
  return `scopes ${scopesOf(token).join(", ") || "none"}; ${expiry}`;
}
