import { z } from "zod";
import type { PlanDraft } from "../../domain/plan.ts";
import { clean } from "../../domain/text.ts";
import { addScimGroupMember } from "../../effects/add-scim-group-member.ts";
import { removeScimGroupMember } from "../../effects/remove-scim-group-member.ts";
import { defineTool } from "../define.ts";
import { group, user, writeFields } from "../fields.ts";
import { theScimGroup } from "../scim-group.ts";
import { scimLabel, scimSubject, theScimUser } from "../scim-user.ts";

const users = z.array(user).min(1).max(200);

export default defineTool({
  name: "scim_update_group",
  title: "Update SCIM Group",
  description: "Adds and removes members of a Group. Removing needs confirmation.",
  toolset: "scim",
  effect: "delete",
  input: z
    .strictObject({ group, add: users.optional(), remove: users.optional(), ...writeFields })
    .refine(({ add, remove }) => add !== undefined || remove !== undefined, {
      error: "give add, remove or both",
    }),
  async plan(args, { reads }): Promise<PlanDraft> {
    const found = await theScimGroup(args.group, reads);
    const inside = new Set(found.members.map(({ value }) => value));
    const all = async (names: readonly string[] | undefined) =>
      Promise.all((names ?? []).map((name) => theScimUser(name, reads)));
    const adding = (await all(args.add)).filter(({ id }) => !inside.has(id));
    const removing = (await all(args.remove)).filter(({ id }) => inside.has(id));
    const where = `SCIM group ${clean(found.displayName)}`;
    const spec = (scimId: string, label: string) => ({
      target: { groupId: found.id, scimId },
      before: null,
      after: null,
      label,
      where,
    });
    return {
      summary: `Add ${adding.length} to ${where} and remove ${removing.length}`,
      effects: [
        ...adding.map((row) => addScimGroupMember.make(spec(row.id, scimLabel(row)))),
        ...removing.map((row) => removeScimGroupMember.make(spec(row.id, scimLabel(row)))),
      ],
      warnings: [],
      subjects: [
        ...(removing.length > 0 ? [{ groups: [found.displayName] }] : []),
        ...[...adding, ...removing].map(scimSubject),
      ],
      blindSpots: [],
    };
  },
});
