import { z } from "zod";
import { emailOf } from "../../domain/email.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { clean, plural } from "../../domain/text.ts";
import { deleteScimGroup } from "../../effects/scim-groups.ts";
import { requireScimGroup } from "../../people/scim-groups.ts";
import { assertReadWhole } from "../../people/scim-users.ts";
import { defineTool } from "../define.ts";
import { group, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "scim_delete_group",
  title: "Delete SCIM Group",
  description: "Deletes a Group for good, and the product access that it gave.",
  toolset: "scim",
  effect: "delete",
  makes: [{ op: "delete_scim_group", direction: "takes" }],
  input: z.strictObject({ group, ...writeFields }),
  async plan(args, { reads }): Promise<PlanDraft> {
    const found = await requireScimGroup(args.group, reads);
    // Refuses if a member of the group could not be read, because that member may be a protected person.
    assertReadWhole(found, ["members"]);
    const name = clean(found.displayName);
    return {
      summary: `Delete the SCIM Group ${name} for good`,
      effects: [
        deleteScimGroup.make({
          target: { groupId: found.id },
          before: { members: found.members.map(({ value }) => value) },
          after: null,
          label: name,
        }),
      ],
      warnings: [
        `${plural(found.members.length, "person loses", "people lose")} the access that the group gives. A new group with the same name does not give it back.`,
      ],
      typedName: name,
      subjects: [
        { groups: [found.displayName] },
        ...found.members.map(({ value, display }) => {
          const email = emailOf(display ?? "");
          return { scimId: value, ...(email && { emails: [email] }) };
        }),
      ],
      untouched: ["The people of the group and their accounts"],
    };
  },
});
