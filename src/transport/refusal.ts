import type { ServerResponse } from "node:http";

/** Refuses an HTTP request with a JSON-RPC error, the form that MCP clients expect. */
export function refuse(
  response: ServerResponse,
  status: number,
  message: string,
  code = -32000,
  id: string | number | null = null,
): void {
  if (response.headersSent) return void response.end();
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ jsonrpc: "2.0", error: { code, message }, id }));
}
