import { z } from "zod";
import { defineApplyTool } from "../define.ts";
import { planId } from "../support/fields.ts";

export default defineApplyTool({
  name: "apply_plan",
  title: "Apply a plan",
  description:
    "Takes the planId of a waiting plan, waits for a person's decision and answers with the outcome.",
  toolset: "offboarding",
  input: z.strictObject({ planId }),
  planId: (args) => args.planId,
});
