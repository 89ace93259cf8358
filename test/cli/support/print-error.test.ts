import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { UsageError } from "../../../src/cli/support/command.ts";
import { printError } from "../../../src/cli/support/print-error.ts";
import { AppError } from "../../../src/domain/error.ts";

function printed(thrown: unknown, env = {}, argv: readonly string[] = []) {
  const stream = new PassThrough();
  const code = printError(stream, thrown, env, { program: "/usr/bin/trello-identity-mcp", argv });
  return { code, text: String(stream.read()) };
}

test("an error is one line: code, sentence, next step", () => {
  const error = new AppError("NOT_FOUND", "There is no such plan.", { next: "Look at the list." });
  expect(printed(error)).toEqual({
    code: 1,
    text: "NOT_FOUND: There is no such plan. Next: Look at the list.\n",
  });
});

test.each([
  [["doctor", "--x"], "help doctor"],
  [["audit", "--x"], "help audit"],
  [["--x"], "help stdio"],
  [[], "help stdio"],
  [["nope", "--x"], "help"],
  [["constructor"], "help"],
  [["help", "x", "y"], "help"],
])("%j typed wrong is exit code 2, and names the help to read", (argv, help) => {
  expect(printed(new UsageError("There is no flag --x."), {}, argv)).toEqual({
    code: 2,
    text: `There is no flag --x. See \`trello-identity-mcp ${help}\`.
`,
  });
});

test("a defect shows its stack, without the secrets that were set", () => {
  const { code, text } = printed(new TypeError("bad value hush-hush-hush"), {
    TRELLO_API_TOKEN: "hush-hush-hush",
  });
  expect(code).toBe(1);
  expect(text).toMatch(/^INTERNAL: .*\nTypeError: bad value .*\n +at /);
  expect(text).not.toContain("hush-hush");
});
