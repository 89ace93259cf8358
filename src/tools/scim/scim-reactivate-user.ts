import { z } from "zod";
import type { Effect } from "../../domain/effect.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { requireScimUser } from "../../people/accounts.ts";
import { scimLabel, scimSubject } from "../../people/scim-users.ts";
import { accessState, accessEffect, type AccessWay, ACCESS_WAYS } from "../../planning/accounts/access.ts";
import { combine } from "../../planning/plan-part.ts";
import { defineTool } from "../define.ts";
import { user, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "scim_reactivate_user",
  title: "Reactivate SCIM User",
  description: "Gives back what scim_deactivate_user took from an Atlassian account.",
  toolset: "scim",
  effect: "grant",
  makes: [
    { op: "set_scim_active", direction: "gives" },
    { op: "set_directory_access", direction: "gives" },
    { op: "set_account_enabled", direction: "gives" },
  ],
  // Access can be taken from an account in several ways (`how`). Without `how`, access is given back in all ways in
  // which it was taken.
  input: z.strictObject({ user, how: z.enum(ACCESS_WAYS).optional(), ...writeFields }),
  async plan({ user: query, how }, { reads }): Promise<PlanDraft> {
    const found = await requireScimUser(query, reads);
    const who = scimLabel(found);
    const off = await accessState(found, reads);
    const effects: Effect[] = [];
    for (const way of how === undefined ? off.takenBy : [how]) {
      effects.push(...(await accessEffect(found, { how: way, access: true }, reads)));
    }
    const left = how === undefined ? [] : off.takenBy.filter((way) => way !== how);
    return {
      summary:
        how === undefined
          ? `${whole(found.active === null ? [] : off.takenBy)} ${who}`
          : `${SUMMARY[how]} ${who}`,
      ...combine(
        {
          effects,
          warnings: left.map(
            (way) =>
              `${STAYS[way]}. To give that access back too, call without \`how\`, or with \`how: ${way}\`.`,
          ),
          subjects: [scimSubject(found)],
        },
        how === undefined || how === "deactivate" ? off : { ...off, untouched: [] },
      ),
    };
  },
});

const SUMMARY: Readonly<Record<AccessWay, string>> = {
  suspend: "Restore the directory access of",
  deactivate: "Reactivate the SCIM User",
  disable: "Enable the Atlassian account itself of",
};

const STAYS: Readonly<Record<AccessWay, string>> = {
  suspend: "The account stays suspended in the organization's directory",
  deactivate: "The SCIM User stays deactivated, so the account stays deactivated too",
  disable: "The account itself stays disabled",
};

const STATE: Readonly<Record<AccessWay, string>> = {
  suspend: "suspended",
  deactivate: "deactivated",
  disable: "disabled",
};

/**
 * The first words of the summary, such as `Reactivate the suspended and disabled Atlassian account of`. They name each
 * way in which access was taken.
 */
function whole(by: readonly AccessWay[]): string {
  const states = by.length === 0 ? "" : `${by.map((way) => STATE[way]).join(" and ")} `;
  return `Reactivate the ${states}Atlassian account of`;
}
