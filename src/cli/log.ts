import pino from "pino";
import type { Config } from "../config/config.ts";
import type { Log } from "../domain/runtime.ts";
import { createRedact } from "../gateway/http/redact.ts";

/**
 * A log of JSON lines to `write` (standard error: standard output belongs to MCP). Whatever a fact holds, the given
 * secrets are masked in the finished line.
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
  return (at, facts, message) => logger[at](facts, message);
}
