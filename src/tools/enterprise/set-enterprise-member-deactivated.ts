import { z } from "zod";
import type { PlanDraft } from "../../domain/plan.ts";
import { setEnterpriseDeactivated } from "../../effects/enterprise-members.ts";
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
  name: "set_enterprise_member_deactivated",
  title: "Deactivate in enterprise",
  description: "Deactivates or reactivates a member in every workspace of the Trello Enterprise.",
  toolset: "enterprise",
  effect: "delete",
  makes: [
    { op: "set_enterprise_deactivated", direction: "gives" },
    { op: "set_enterprise_deactivated", direction: "takes" },
  ],
  input: z.strictObject({ member, deactivated: z.boolean(), ...writeFields }),
  async plan(args, context): Promise<PlanDraft> {
    await assertNotAdminHub(context);
    const row = await requireEnterpriseMember(args.member, context);
    const who = labelOf(row.member, row.member.id);
    return {
      summary: `${args.deactivated ? "Deactivate" : "Reactivate"} ${who} in the Trello Enterprise`,
      effects:
        row.deactivated === args.deactivated
          ? []
          : [
              setEnterpriseDeactivated.make({
                target: enterpriseTarget(row, context),
                before: { deactivated: !args.deactivated },
                after: { deactivated: args.deactivated },
                label: who,
              }),
            ],
      notes: args.deactivated ? [] : ["Takes a licence of the enterprise again"],
      subjects: [enterpriseSubject(row, args.member)],
      untouched: args.deactivated ? ["The Atlassian account and its other products"] : [],
    };
  },
});
