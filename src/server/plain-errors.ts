import { INVALID_PARAMS, INTERNAL_ERROR, type Server } from "@modelcontextprotocol/server";
import { z } from "zod";
import { clean } from "../domain/text.ts";

/** The form of the SDK's error if the parameters of a request are wrong: a list of problems as JSON. */
const issues = z
  .array(z.object({ path: z.array(z.union([z.string(), z.number()])), message: z.string() }))
  .min(1);

const CODES: ReadonlySet<number> = new Set([INTERNAL_ERROR, INVALID_PARAMS]);

/**
 * Answers wrong parameters with the error "invalid params" and a readable text. The SDK would answer most of them as an
 * internal error with JSON as the text.
 */
export function withPlainErrors(server: Server): Server {
  const connect = server.connect.bind(server);
  server.connect = (transport) => {
    const send = transport.send.bind(transport);
    transport.send = (message, options) => {
      if (!("error" in message) || !CODES.has(message.error.code)) return send(message, options);
      const text = problemsIn(message.error.message);
      return send(
        text === null ? message : { ...message, error: { code: INVALID_PARAMS, message: text } },
        options,
      );
    };
    return connect(transport);
  };
  return server;
}

function problemsIn(message: string): string | null {
  const [, list] = /^(?:Invalid \S+ request: )?(\[.*)$/s.exec(message) ?? [];
  if (list === undefined) return null;
  const found = issues.safeParse(parsed(list));
  if (!found.success) return null;
  const problems = found.data
    .slice(0, 5)
    .map((issue) => `${clean(issue.path.join("."), 100)}: ${clean(issue.message, 200)}`);
  return `Invalid parameters: ${problems.join("; ")}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
