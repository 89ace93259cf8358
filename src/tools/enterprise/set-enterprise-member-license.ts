import { z } from "zod";
import type { PlanDraft } from "../../domain/plan.ts";
import { setEnterpriseLicensed } from "../../effects/enterprise-members.ts";
import {
  enterpriseSubject,
  enterpriseTarget,
  assertNotAdminHub,
  requireEnterpriseMember,
} from "../../people/enterprise.ts";
import { labelOf } from "../../people/person.ts";
import { defineTool } from "../define.ts";
import { member, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "set_enterprise_member_license",
  title: "Set enterprise licence",
  description: "Gives a member an enterprise licence, or takes it away, which also deactivates the member.",
  toolset: "enterprise",
  effect: "grant",
  makes: [
    { op: "set_enterprise_licensed", direction: "gives" },
    { op: "set_enterprise_licensed", direction: "takes" },
  ],
  input: z.strictObject({ member, licensed: z.boolean(), ...writeFields }),
  async plan(args, context): Promise<PlanDraft> {
    await assertNotAdminHub(context);
    const row = await requireEnterpriseMember(args.member, context);
    const who = labelOf(row.member, row.member.id);
    return {
      summary: `${args.licensed ? "Give" : "Take"} the enterprise licence of ${who}`,
      effects:
        row.licensed === args.licensed
          ? []
          : [
              setEnterpriseLicensed.make({
                target: enterpriseTarget(row, context),
                before: { licensed: !args.licensed, deactivated: row.deactivated ?? false },
                after: { licensed: args.licensed },
                label: who,
              }),
            ],
      warnings: args.licensed ? [] : ["Taking the licence deactivates the member as well."],
      notes: args.licensed ? ["Takes a paid licence of the enterprise"] : [],
      subjects: [enterpriseSubject(row, args.member)],
    };
  },
});
