import { type Setting, SETTINGS } from "../../config/settings.ts";
import { sentenceOf, toAppError } from "../../domain/error.ts";
import { createRedact } from "../../gateway/http/redact.ts";
import { print, UsageError } from "./command.ts";

/** Prints an error and returns the exit code: 2 if the command was typed wrongly, otherwise 1. */
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
  // An internal error is a defect of this program, and a developer needs its stack.
  if (error.code === "INTERNAL" && error.cause instanceof Error) {
    print(stream, createRedact(secretsIn(env))(error.cause.stack ?? ""));
  }
  return 1;
}

/**
 * All secrets in the environment, so that they can be hidden in the error message. Their form is not checked, because
 * the settings may not have been read yet.
 */
function secretsIn(env: Readonly<Record<string, string | undefined>>): readonly (string | undefined)[] {
  const settings: Readonly<Record<string, Setting>> = SETTINGS;
  return Object.entries(settings).map(([name, setting]) => (setting.secret ? env[name] : undefined));
}
