import pino from "pino";
import type { Config } from "../../config/config.ts";
import type { Log } from "../../domain/runtime.ts";
import { clean } from "../../domain/text.ts";
import { createRedact, type Redact } from "../../gateway/http/redact.ts";

/**
 * Makes the log: JSON lines to standard error, because standard output belongs to MCP. The given secrets are hidden in
 * each finished line.
 */
export function createLog(
  level: Config["logLevel"],
  secrets: readonly string[],
  write: (line: string) => void,
): Log {
  const redact = createRedact(secrets);
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => write(redact(line)) },
  );
  return (at, facts, message) => logger[at](at === "error" ? facts : withoutStack(facts, redact), message);
}

/**
 * Logs only the name and text of an error. The stack is kept only for defects of this program. The text may contain
 * what a client sent, so it is shortened.
 */
function withoutStack(
  facts: Readonly<Record<string, unknown>>,
  redact: Redact,
): Readonly<Record<string, unknown>> {
  const { err } = facts;
  if (!(err instanceof Error)) return facts;
  const code = "code" in err ? { code: err.code } : {};
  return { ...facts, err: { type: err.name, ...code, message: clean(redact(err.message), LONGEST_TEXT) } };
}

const LONGEST_TEXT = 500;
