import { type Setting, SETTINGS } from "../../config/settings.ts";
import { sentenceOf, toAppError } from "../../domain/error.ts";
import { createRedact } from "../../gateway/http/redact.ts";
import { print, UsageError } from "./command.ts";
import { COMMAND_NAMES } from "./commands.ts";
import { programText } from "./program.ts";

/** What the user typed: the path of this program and the words after it. */
export interface Typed {
  readonly program: string;
  readonly argv: readonly string[];
}

/** Prints an error and returns the exit code: 2 if the command was typed wrongly, otherwise 1. */
export function printError(
  stream: NodeJS.WritableStream,
  thrown: unknown,
  env: Readonly<Record<string, string | undefined>>,
  typed: Typed,
): number {
  if (thrown instanceof UsageError) {
    print(stream, `${thrown.message} See \`${helpText(typed)}\`.`);
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

/** The help command that the user can type to read about the command that was typed wrongly. */
function helpText({ program, argv: [first] }: Typed): string {
  // Without a command, the program runs `stdio`.
  const meant = first === undefined || first.startsWith("-") ? "stdio" : first;
  const name = COMMAND_NAMES.find((each) => each === meant);
  return [programText(program), "help", ...(name === undefined || name === "help" ? [] : [name])].join(" ");
}

/**
 * All secrets in the environment, so that they can be hidden in the error message. The secrets' form is not checked,
 * because the settings may not have been read yet.
 */
function secretsIn(env: Readonly<Record<string, string | undefined>>): readonly (string | undefined)[] {
  const settings: Readonly<Record<string, Setting>> = SETTINGS;
  return Object.entries(settings).map(([name, setting]) => (setting.secret ? env[name] : undefined));
}
