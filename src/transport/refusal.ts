import type { ServerResponse } from "node:http";
import { AppError } from "../domain/error.ts";

/** Refuses an HTTP request with a JSON-RPC error, because MCP clients expect this form. */
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

/** The same as a web response. */
export function refusal(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json({ jsonrpc: "2.0", error: { code: -32000, message }, id: null }, { status, headers });
}

export const RETRY = { "retry-after": "60" } as const;

/**
 * The text of the answer if the store fails. Any other error is thrown again, because it is a defect of this server.
 */
export function storeText(thrown: unknown): string {
  if (!(thrown instanceof AppError)) throw thrown;
  return `${thrown.message} ${thrown.next}`;
}
