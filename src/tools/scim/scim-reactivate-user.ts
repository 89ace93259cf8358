import { z } from "zod";
import type { PlanDraft } from "../../domain/plan.ts";
import { HAMMERS, hammer } from "../account-hammer.ts";
import { defineTool } from "../define.ts";
import { user, writeFields } from "../fields.ts";
import { scimLabel, scimSubject, theScimUser } from "../scim-user.ts";

export default defineTool({
  name: "scim_reactivate_user",
  title: "Reactivate SCIM User",
  description: "Gives a deactivated, suspended or disabled Atlassian account its access back.",
  toolset: "scim",
  effect: "update",
  input: z.strictObject({ user, how: z.enum(HAMMERS).default("deactivate"), ...writeFields }),
  async plan(args, { reads }): Promise<PlanDraft> {
    const found = await theScimUser(args.user, reads);
    return {
      summary: `Reactivate the Atlassian account of ${scimLabel(found)}`,
      effects: await hammer(found, { how: args.how, access: true }, reads),
      warnings: [],
      subjects: [scimSubject(found)],
      blindSpots: [],
    };
  },
});
