import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { createScreen } from "../../../src/cli/demo/screen.ts";

/** What a screen shows on a terminal of this width, or in a file without one. */
function shown(columns: number | undefined, say: (screen: ReturnType<typeof createScreen>) => void): string {
  const stream = Object.assign(new PassThrough(), { isTTY: columns !== undefined, columns });
  say(createScreen(stream as unknown as NodeJS.WriteStream, { NO_COLOR: "1" }));
  return String(stream.read() ?? "");
}

const LONG =
  "Offboard Jonas Lindqvist (@jonaslindqvist): 7 cards handed over, 3 cards left without a person, 36 board memberships";

describe.each([40, 60, 80, 200])("on a terminal of %i columns", (columns) => {
  test("headings, lines and the verdict fit, and nothing is lost", () => {
    const text = shown(columns, (screen) => {
      screen.heading(`1. ${LONG}`);
      screen.lines(LONG, `| ${LONG}`);
      screen.verdict(true, `Evidence: PASS, ${LONG}`);
    });
    for (const line of text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(columns);
    expect(text.replaceAll(/\s+/g, " ").split(LONG)).toHaveLength(5);
  });

  test("the bar fits", () => {
    const text = shown(columns, (screen) => {
      const bar = screen.progress();
      bar.update(1, 44);
      bar.update(44, 44);
      bar.end();
    });
    // oxlint-disable-next-line no-control-regex -- the bar moves the cursor by escape sequences
    const drawn = text.split(/\u001b\[[\d;?]*[A-Za-z]|[\r\n]/);
    expect(text).toContain("44/44 writes");
    for (const line of drawn) expect(line.length, line).toBeLessThanOrEqual(columns);
  });
});

test("in a file, each line is one line", () => {
  const text = shown(undefined, (screen) => screen.lines(LONG));
  expect(text).toBe(`  ${LONG}\n`);
});
