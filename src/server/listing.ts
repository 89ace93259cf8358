import type { Tool as Listed, ToolAnnotations } from "@modelcontextprotocol/server";
import { z } from "zod";
import { type ConfirmationLevel, stronger } from "../domain/confirmation.ts";
import type { Tool } from "../tools/define.ts";
import { inputSchema, outputSchema } from "./schema.ts";

/** The `_meta` key that tells a client which tools a person will be asked about. */
const CONFIRMATION_META = "trello-identity/confirmation";

// Every tool that changes something answers in this one shape; what is left out here is said in `next`.
const changeOutput = outputSchema(
  z.object({
    status: z.string(),
    planId: z.string(),
    runId: z.string(),
  }),
);

/** `tools/list`, computed once: the same for every client. */
export function toolListing(tools: readonly Tool[], weakest: ConfirmationLevel): Listed[] {
  return tools.map((tool) => listed(tool, weakest));
}

function listed(tool: Tool, weakest: ConfirmationLevel): Listed {
  const minimum = minimumConfirmation(tool, weakest);
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: inputSchema(tool.input),
    outputSchema: tool.effect === "read" ? outputSchema(tool.output) : changeOutput,
    annotations: annotations(tool.effect),
    ...(minimum === null ? {} : { _meta: { [CONFIRMATION_META]: { required: true, minimum } } }),
  };
}

/** All four hints, from what a tool does; repeating a call that sets or removes changes nothing further. */
function annotations(effect: Tool["effect"]): Required<Omit<ToolAnnotations, "title">> {
  return {
    readOnlyHint: effect === "read",
    destructiveHint: effect === "delete" || effect === "apply",
    idempotentHint: effect !== "create" && effect !== "apply",
    openWorldHint: true,
  };
}

function minimumConfirmation(tool: Tool, weakest: ConfirmationLevel): ConfirmationLevel | null {
  if (tool.effect === "read") return null;
  const own = tool.effect === "apply" ? undefined : tool.confirmation;
  if (own !== undefined) return stronger(own, weakest);
  return tool.effect === "create" || tool.effect === "update" ? null : weakest;
}
