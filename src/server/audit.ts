import type { ReadResourceResult, Resource } from "@modelcontextprotocol/server";
import type { Caller } from "../domain/planning.ts";
import type { Engine } from "../engine/engine.ts";

const ADDRESS = "trello-identity://audit";
const SHOWN = 200;

/**
 * The MCP resource of the audit log: the records of the caller (the signed-in person, or the owner of the Trello
 * token), the newest first, each as one line of JSON.
 */
export const AUDIT_RESOURCE: Resource = {
  uri: ADDRESS,
  name: "audit",
  title: "Audit log",
  description: `The newest ${SHOWN} records of this account: plans, decisions and runs, one JSON object a line. Each record has the hash of the record before it.`,
  mimeType: "application/x-ndjson",
  annotations: { audience: ["user", "assistant"] },
};

/** Reads the resource of the audit log; null if the address belongs to another resource. */
export async function readAudit(
  engine: Engine,
  caller: Caller,
  uri: string,
): Promise<ReadResourceResult | null> {
  if (uri !== ADDRESS) return null;
  const records = await engine.audit(caller, SHOWN);
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join("");
  return { contents: [{ uri, mimeType: "application/x-ndjson", text }] };
}
