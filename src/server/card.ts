// The card of a plan or a run in the chat, for hosts that render MCP Apps (`io.modelcontextprotocol/ui`, 2026-01-26).
import type { ClientCapabilities, ReadResourceResult, Tool as Listed } from "@modelcontextprotocol/server";

const EXTENSION = "io.modelcontextprotocol/ui";
const MIME_TYPE = "text/html;profile=mcp-app";

export const CARD_ADDRESS = "ui://trello-identity/card";

/** The card asks for no origin at all: it loads nothing, connects to nothing and shows no frame. */
const META = {
  ui: {
    csp: { connectDomains: [], resourceDomains: [], frameDomains: [], baseUriDomains: [] },
    prefersBorder: true,
  },
};

/** Whether the client says that it renders this kind of card. */
export function canShowCards(capabilities: ClientCapabilities | undefined): boolean {
  const mimeTypes: unknown = capabilities?.extensions?.[EXTENSION]?.["mimeTypes"];
  return Array.isArray(mimeTypes) && mimeTypes.includes(MIME_TYPE);
}

/** The tools in the form for clients that render cards: those that answer with a plan or a run name the card. */
export function withCards(tools: readonly Listed[]): Listed[] {
  return tools.map((tool) => {
    const answersWithRun = tool.annotations?.readOnlyHint !== true || tool.name === "get_run";
    return answersWithRun ? { ...tool, _meta: { ...tool._meta, ui: { resourceUri: CARD_ADDRESS } } } : tool;
  });
}

/** The card's page. It is the same for every plan, and the host hands it the results of the calls. */
export async function readCard(): Promise<ReadResourceResult> {
  // Loaded when a host first asks, because most clients never do.
  const { cardPage } = await import("../report/card/page.ts");
  return { contents: [{ uri: CARD_ADDRESS, mimeType: MIME_TYPE, text: cardPage(), _meta: META }] };
}
