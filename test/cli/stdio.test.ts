import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { terminalLines } from "../../src/cli/stdio.ts";

function lines(isTTY: boolean, columns?: number): readonly string[] {
  const stdin = Object.assign(new PassThrough(), { isTTY }) as unknown as NodeJS.ReadStream;
  const stderr = Object.assign(new PassThrough(), {
    isTTY: columns !== undefined,
    columns,
  }) as unknown as NodeJS.WriteStream;
  return terminalLines({ stdin, stderr, program: "/usr/bin/trello-identity-mcp" });
}

test("a client that starts the server reads nothing beside the log", () => {
  expect(lines(false)).toEqual([]);
  expect(lines(false, 80)).toEqual([]);
});

test.each([40, 60, 80, 200])("a person at a terminal of %i columns reads what to do", (columns) => {
  const shown = lines(true, columns);
  for (const line of shown) expect(line.length).toBeLessThanOrEqual(columns);
  expect(shown.join(" ")).toMatch(
    /waits for an MCP client.*`trello-identity-mcp init`.*`trello-identity-mcp help`.*Ctrl-C/,
  );
});
