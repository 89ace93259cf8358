import { toAppError } from "../domain/error.ts";
import { UsageError, print } from "./command.ts";

/** Writes a failure, one line each, and answers the exit code: 2 for a command typed wrong, else 1. */
export function printError(stream: NodeJS.WritableStream, thrown: unknown): number {
  if (thrown instanceof UsageError) {
    print(stream, `${thrown.message} See \`trello-identity-mcp help\`.`);
    return 2;
  }
  const error = toAppError(thrown);
  const problems = error.details["problems"];
  if (error.code === "CONFIG_INVALID" && Array.isArray(problems)) {
    print(stream, ...problems.map((problem) => `CONFIG_INVALID: ${problem}`));
  } else {
    print(stream, `${error.code}: ${error.message} Next: ${error.next}`);
  }
  // A defect: without its stack nobody can mend it. Secrets never enter an Error's text (gateway/redact).
  if (error.code === "INTERNAL" && error.cause instanceof Error) print(stream, error.cause.stack ?? "");
  return 1;
}
