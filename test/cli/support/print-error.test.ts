import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { UsageError } from "../../../src/cli/support/command.ts";
import { printError } from "../../../src/cli/support/print-error.ts";
import { AppError } from "../../../src/domain/error.ts";

function printed(thrown: unknown, env = {}) {
  const stream = new PassThrough();
  const code = printError(stream, thrown, env);
  return { code, text: String(stream.read()) };
}

test("an error is one line: code, sentence, next step", () => {
  const error = new AppError("NOT_FOUND", "There is no such plan.", { next: "Look at the list." });
  expect(printed(error)).toEqual({
    code: 1,
    text: "NOT_FOUND: There is no such plan. Next: Look at the list.\n",
  });
});

test("a command typed wrong is exit code 2", () => {
  expect(printed(new UsageError("There is no flag --x."))).toEqual({
    code: 2,
    text: "There is no flag --x. See `help`.\n",
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
