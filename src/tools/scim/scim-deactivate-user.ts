import { z } from "zod";
import type { PlanDraft, Subject } from "../../domain/plan.ts";
import type { Reads } from "../../domain/reads.ts";
import { ATLASSIAN_EXTENSION, type ScimUser } from "../../domain/scim.ts";
import { clean } from "../../domain/text.ts";
import { setScimActive } from "../../effects/set-scim-active.ts";
import { defineTool } from "../define.ts";
import { user, writeFields } from "../fields.ts";
import { scimName, theScimUser } from "../scim-user.ts";

export default defineTool({
  name: "scim_deactivate_user",
  title: "Deactivate SCIM User",
  description:
    "Deactivates the Atlassian account: every product is lost, Jira and Confluence included, and the plan names them. Can be undone.",
  toolset: "scim",
  effect: "delete",
  input: z.strictObject({ user, ...writeFields }),
  async plan(args, { reads }): Promise<PlanDraft> {
    const found = await theScimUser(args.user, reads);
    const who = `${clean(scimName(found))} <${clean(found.userName, 254)}>`;
    const lost = await productsOf(found, reads);
    return {
      summary: `Deactivate the Atlassian account of ${who}`,
      effects: found.active
        ? [
            setScimActive.make({
              target: { scimId: found.id },
              before: { active: true },
              after: { active: false },
              label: `the Atlassian account of ${who}`,
            }),
          ]
        : [],
      warnings: lost.warnings,
      notes: lost.notes,
      impactUnknown: lost.unknown,
      subjects: [subjectOf(found)],
      blindSpots: [],
      remains: [
        "Trello memberships and board memberships, without a way to sign in",
        "the content that the person made",
      ],
    };
  },
});

/** Every product that goes with the account, one line each; or the warning that nobody could look. */
async function productsOf(
  user: ScimUser,
  reads: Reads,
): Promise<{
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  readonly unknown: boolean;
}> {
  const account = await reads.organization?.accountByEmail(user.userName);
  if (!account) {
    const why = reads.organization
      ? "the organization directory does not show this account"
      : "ATLASSIAN_ORG_ID and ATLASSIAN_ORG_API_KEY are not set";
    return { notes: [], warnings: [`What else the person loses is unknown: ${why}.`], unknown: true };
  }
  const notes = account.products.map(
    ({ product, lastActive }) =>
      `Loses ${clean(product, 60)}, ${lastActive ? `last active ${lastActive.slice(0, 10)}` : "never active or not known"}`,
  );
  return {
    notes: notes.length > 0 ? notes : ["No product is in use with this account"],
    warnings: [],
    unknown: false,
  };
}

function subjectOf(user: ScimUser): Subject {
  const accountId = user[ATLASSIAN_EXTENSION]?.atlassianAccountId;
  return {
    scimId: user.id,
    email: user.userName,
    groups: (user.groups ?? []).map(({ display, value }) => display ?? value),
    ...(accountId && { accountId }),
  };
}
