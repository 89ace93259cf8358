import { type Setting, SETTINGS } from "../../config/settings.ts";
import { sentenceOf, toAppError } from "../../domain/error.ts";
import { createRedact } from "../../gateway/http/redact.ts";
import { print, UsageError } from "./command.ts";

/** Writes a failure, one line each, and answers the exit code: 2 for a command typed wrong, else 1. */
export function printError(
  stream: NodeJS.WritableStream,
  thrown: unknown,
  env: Readonly<Record<string, string | undefined>>,
): number {
  if (thrown instanceof UsageError) {
    print(stream, `${thrown.message} See \`help\`.`);
    return 2;
  }
  const error = toAppError(thrown);
  const problems = error.details["problems"];
  if (error.code === "CONFIG_INVALID" && Array.isArray(problems)) {
    print(stream, ...problems.map((problem) => `CONFIG_INVALID: ${problem}`));
  } else {
    print(stream, sentenceOf(error));
  }
  // A defect: without its stack nobody can mend it.
  if (error.code === "INTERNAL" && error.cause instanceof Error) {
    print(stream, createRedact(secretsIn(env))(error.cause.stack ?? ""));
  }
  return 1;
}

/** The secrets as they were set, before anything was parsed: the failure may have come first. */
function secretsIn(env: Readonly<Record<string, string | undefined>>): readonly (string | undefined)[] {
  const settings: Readonly<Record<string, Setting>> = SETTINGS;
  return Object.entries(settings).map(([name, setting]) => (setting.secret ? env[name] : undefined));
}
