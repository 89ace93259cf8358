import { z } from "zod";
import type { PlanDraft } from "../../domain/plan.ts";
import { scimEmail, scimLabel, scimSubject, requireScimUser } from "../../people/scim-users.ts";
import { hammer, HAMMERS, LEAVES, TAKES } from "../../planning/accounts/access.ts";
import { lossesOf } from "../../planning/accounts/losses.ts";
import { combine } from "../../planning/plan-part.ts";
import { defineTool } from "../define.ts";
import { user, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "scim_deactivate_user",
  title: "Deactivate SCIM User",
  description:
    "Takes an Atlassian account's access to every product; smallest first: suspend, deactivate, disable.",
  toolset: "scim",
  effect: "delete",
  makes: [
    { op: "set_scim_active", direction: "takes" },
    { op: "set_directory_access", direction: "takes" },
    { op: "set_account_enabled", direction: "takes" },
  ],
  input: z.strictObject({ user, how: z.enum(HAMMERS).default("deactivate"), ...writeFields }),
  async plan(args, { reads }): Promise<PlanDraft> {
    const found = await requireScimUser(args.user, reads);
    const who = scimLabel(found);
    const losses = await lossesOf(scimEmail(found) ?? found.userName, reads, args.how);
    return {
      summary: `${VERB[args.how]} the Atlassian account of ${who}`,
      ...combine(
        {
          effects: await hammer(found, { how: args.how, access: false }, reads),
          notes: [TAKES[args.how]],
          subjects: [scimSubject(found)],
          untouched: [LEAVES[args.how]],
        },
        losses,
      ),
    };
  },
});

const VERB = { suspend: "Suspend", deactivate: "Deactivate", disable: "Disable" } as const;
