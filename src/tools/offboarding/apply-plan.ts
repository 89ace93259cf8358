import { z } from "zod";
import { defineApplyTool } from "../define.ts";
import { planId } from "../support/fields.ts";

export default defineApplyTool({
  name: "apply_plan",
  title: "Apply a plan",
  description: "Applies a plan that a person has confirmed.",
  toolset: "offboarding",
  input: z.strictObject({ planId }),
  planId: (args) => args.planId,
});
