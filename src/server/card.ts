// The card that shows a plan or a run in the chat of a client. Only clients with MCP Apps can show it
// (`io.modelcontextprotocol/ui`, 2026-01-26).
import type { ClientCapabilities, ReadResourceResult, Tool as Listed } from "@modelcontextprotocol/server";

const EXTENSION = "io.modelcontextprotocol/ui";
const MIME_TYPE = "text/html;profile=mcp-app";

export const CARD_ADDRESS = "ui://trello-identity/card";

/**
 * The card needs no website: it loads nothing, connects to nothing and contains no frame. So its content security
 * policy forbids all of that.
 */
const META = {
  ui: {
    csp: { connectDomains: [], resourceDomains: [], frameDomains: [], baseUriDomains: [] },
    prefersBorder: true,
  },
};

/** Whether the client can show the card of a plan or run. */
export function canShowCards(capabilities: ClientCapabilities | undefined): boolean {
  const mimeTypes: unknown = capabilities?.extensions?.[EXTENSION]?.["mimeTypes"];
  return Array.isArray(mimeTypes) && mimeTypes.includes(MIME_TYPE);
}

/**
 * Changes the tool list for clients that can show cards. If a tool answers with a plan or a run, its entry gets the
 * address of the card.
 */
export function withCards(tools: readonly Listed[]): Listed[] {
  return tools.map((tool) => {
    const answersWithRun = tool.annotations?.readOnlyHint !== true || tool.name === "get_run";
    return answersWithRun ? { ...tool, _meta: { ...tool._meta, ui: { resourceUri: CARD_ADDRESS } } } : tool;
  });
}

/** The page of the card. It is the same for every plan; the client gives it the results of calls. */
export async function readCard(): Promise<ReadResourceResult> {
  // The page is loaded only when a client asks for the card, because most clients never ask.
  const { cardPage } = await import("../report/card/page.ts");
  return { contents: [{ uri: CARD_ADDRESS, mimeType: MIME_TYPE, text: cardPage(), _meta: META }] };
}
