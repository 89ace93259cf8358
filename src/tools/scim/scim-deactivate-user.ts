import { z } from "zod";
import type { PlanDraft } from "../../domain/plan.ts";
import { accountKeyOf, requireScimUser } from "../../people/accounts.ts";
import { scimLabel, scimSubject } from "../../people/scim-users.ts";
import { accessEffect, ACCESS_WAYS, LEAVES_BEHIND, TAKES_AWAY } from "../../planning/accounts/access.ts";
import { lossesOf } from "../../planning/accounts/losses.ts";
import { combine } from "../../planning/plan-part.ts";
import { defineTool } from "../define.ts";
import { user, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "scim_deactivate_user",
  title: "Deactivate SCIM User",
  description:
    "Takes away an Atlassian account's access to every product. From least to most: suspend, deactivate, disable.",
  toolset: "scim",
  effect: "delete",
  makes: [
    { op: "set_scim_active", direction: "takes" },
    { op: "set_directory_access", direction: "takes" },
    { op: "set_account_enabled", direction: "takes" },
  ],
  input: z.strictObject({ user, how: z.enum(ACCESS_WAYS).default("deactivate"), ...writeFields }),
  async plan(args, { reads }): Promise<PlanDraft> {
    const found = await requireScimUser(args.user, reads);
    const who = scimLabel(found);
    const losses = await lossesOf(accountKeyOf(found), reads, args.how);
    return {
      summary: `${VERB[args.how]} the Atlassian account of ${who}`,
      ...combine(
        {
          effects: await accessEffect(found, { how: args.how, access: false }, reads),
          notes: [TAKES_AWAY[args.how]],
          subjects: [scimSubject(found)],
          untouched: [LEAVES_BEHIND[args.how]],
        },
        losses,
      ),
    };
  },
});

const VERB = { suspend: "Suspend", deactivate: "Deactivate", disable: "Disable" } as const;
