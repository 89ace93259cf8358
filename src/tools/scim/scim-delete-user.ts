import { z } from "zod";
import type { PlanDraft } from "../../domain/plan.ts";
import { scimResourceOf } from "../../domain/scim-attributes.ts";
import { clean } from "../../domain/text.ts";
import { deleteScimUser } from "../../effects/scim-users.ts";
import { accountKeyOf, requireScimUser } from "../../people/accounts.ts";
import { scimLabel, scimSubject } from "../../people/scim-users.ts";
import { lossesOf } from "../../planning/accounts/losses.ts";
import { combine } from "../../planning/plan-part.ts";
import { defineTool } from "../define.ts";
import { user, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "scim_delete_user",
  title: "Delete SCIM User",
  description: "Deletes a User for good. To be able to undo, use scim_deactivate_user.",
  toolset: "scim",
  effect: "delete",
  makes: [{ op: "delete_scim_user", direction: "takes" }],
  input: z.strictObject({ user, ...writeFields }),
  async plan(args, { reads }): Promise<PlanDraft> {
    const found = await requireScimUser(args.user, reads);
    const who = scimLabel(found);
    const losses = await lossesOf(accountKeyOf(found), reads);
    return {
      summary: `Delete the SCIM User ${who} for good`,
      ...combine(
        {
          effects: [
            deleteScimUser.make({
              target: { scimId: found.id },
              before: scimResourceOf(found),
              after: null,
              label: who,
            }),
          ],
          warnings: [
            "This cannot be undone: a new User with the same name has another id and is in no group.",
          ],
          typedName: clean(found.userName, 254),
          subjects: [scimSubject(found)],
        },
        losses,
      ),
    };
  },
});
