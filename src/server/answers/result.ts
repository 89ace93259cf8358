import { type CallToolResult, ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server";
import { z } from "zod";
import { type AppError, sentenceOf, toAppError } from "../../domain/error.ts";
import type { Log } from "../../domain/runtime.ts";
import { clean } from "../../domain/text.ts";
import { section } from "../../report/words.ts";
import { isPlan, planView } from "./view.ts";

const MAX_STRING = 500;
// The longest line that a report may have. The limit is high, so that each row of a report's table stays on one line.
const MAX_LINE = 2000;
// Fields whose text is never shortened. A shortened cursor would be invalid, and a report limits the length of its own
// lines.
const OPAQUE = new Set(["cursor", "nextCursor", "report"]);

/**
 * A tool result: structured content, and a short text to read. Control characters are removed from the content and the
 * text.
 */
export function result(structured: object, text: string): CallToolResult {
  return {
    content: [{ type: "text", text: cleanLines(text) }],
    structuredContent: cleanMembers(structured),
  };
}

/**
 * An error as a tool result: `CODE: sentence. Next: what to do.` If several people may be meant, each gets a line. The
 * details are in the structured content.
 */
export function errorResult(thrown: unknown): CallToolResult {
  const error = toAppError(thrown);
  const { code, message, next, applied, retry } = error;
  return {
    ...result(
      { error: { code, message, next, applied, retry, details: detailsOf(error) } },
      [sentenceOf(error), ...section("Candidates", candidateLines(error.details["candidates"]))].join("\n"),
    ),
    isError: true,
  };
}

function detailsOf(error: AppError): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(error.details).map(([name, value]) => [name, isPlan(value) ? planView(value) : value]),
  );
}

function cleanLines(text: string): string {
  return text
    .split("\n")
    .map((line) => clean(line, MAX_LINE))
    .join("\n");
}

function cleanMembers(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, cleanDeep(member, name)]),
  );
}

function cleanDeep(value: unknown, key = ""): unknown {
  if (typeof value === "string") return OPAQUE.has(key) ? value : clean(value, MAX_STRING);
  if (Array.isArray(value)) return value.map((item) => cleanDeep(item));
  return typeof value === "object" && value !== null ? cleanMembers(value) : value;
}

/** A candidate in the details of an error: a person or thing that the text of the caller may mean. */
const candidate = z.object({
  id: z.string(),
  name: z.string().optional(),
  email: z.string().optional(),
  confidence: z.string().optional(),
  reason: z.string().optional(),
  where: z.string().optional(),
});

const candidates = z.array(
  z.union([candidate, z.string().transform((id): z.output<typeof candidate> => ({ id }))]),
);

/** One line for each candidate of an error: `Ada Lovelace (@ada) [id]: likely, same name`. */
function candidateLines(details: unknown): readonly string[] {
  const parsed = candidates.safeParse(details);
  if (!parsed.success) return [];
  return parsed.data.map(({ id, name, email, confidence, reason, where }) => {
    const who = [name && clean(name, 200), email && `<${email}>`, `[${id}]`].filter(Boolean).join(" ");
    const why = [confidence, reason, where && `in ${clean(where, 200)}`].filter(Boolean).join(", ");
    return why ? `${who}: ${why}` : who;
  });
}

/**
 * Answers a request that is not a tool call. If it fails, the answer is a protocol error with the same text as in a
 * tool result. Internal errors show no details.
 */
export async function refusing<T>(log: Log, answer: () => Promise<T>): Promise<T> {
  try {
    return await answer();
  } catch (thrown) {
    if (thrown instanceof ProtocolError) throw thrown;
    const error = toAppError(thrown);
    const { code, cause } = error;
    if (code === "INTERNAL") log("error", { code, err: cause ?? error }, "a request failed");
    else log("info", { code }, "a request was refused or failed");
    const kind = code === "INPUT_INVALID" ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError;
    throw new ProtocolError(kind, sentenceOf(error));
  }
}
