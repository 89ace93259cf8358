import type { SecurityEvent, Severity } from "./security-events.ts";

// ArcSight Common Event Format, version 25: eight header fields separated by bars, then pairs `key=value`.

/** How severe an event is in CEF: 0 to 3 is low, 4 to 6 medium, 7 and 8 high. */
const SEVERITIES: Readonly<Record<Severity, number>> = { informational: 1, low: 3, medium: 5, high: 8 };

/** An event as one line of CEF. `version`: the version of this program. */
export function cefLine(event: SecurityEvent, version: string): string {
  const { record, user } = event;
  const header = ["trello-identity-mcp", "trello-identity-mcp", version, event.name, event.message];
  const pairs: readonly (readonly [key: string, value: string | undefined])[] = [
    ["rt", String(Date.parse(record.at))],
    ["externalId", event.id],
    ["cat", event.activity],
    ["act", record.tool],
    ["outcome", event.outcome],
    ["suid", record.principal],
    ["suser", event.by],
    ["requestClientApplication", record.client],
    ["duid", user.uid],
    ["duser", user.email ?? user.name],
    ["cs1Label", "plan"],
    ["cs1", record.subject],
    ["cs2Label", "hash"],
    ["cs2", record.hash],
    ["cs3Label", event.place && "place"],
    ["cs3", event.place?.name],
    ["msg", JSON.stringify(record.facts)],
  ].map(([key, value]) => [key as string, value ?? undefined] as const);
  const extension = pairs.flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${escapedValue(value)}`],
  );
  return `CEF:0|${header.map(escapedHeader).join("|")}|${SEVERITIES[event.severity]}|${extension.join(" ")}`;
}

/** Escapes a text for the header of a CEF line. Line breaks are replaced, because the header must not contain any. */
function escapedHeader(text: string): string {
  return text.replace(/[\r\n\u0085\u2028\u2029]+/g, " ").replace(/[\\|]/g, "\\$&");
}

function escapedValue(text: string): string {
  return text
    .replace(/[\\=]/g, "\\$&")
    .replace(/\r/g, "\\r")
    .replace(/[\n\u0085\u2028\u2029]/g, "\\n");
}
