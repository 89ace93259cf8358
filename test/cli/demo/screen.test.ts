import { expect, test } from "vitest";
import { foldQuestion } from "../../../src/cli/demo/screen.ts";

test("a question is folded to one line a list", () => {
  const long = "Remove Ada Lovelace from the workspace Engines";
  expect(foldQuestion(`${long}\n\nChanges (2):\n- a\n- b\n\nAsked by x.`)).toEqual([
    long,
    "Changes (2): a; b. Asked by x.",
  ]);
  expect(foldQuestion(`Impact:\n- ${"long ".repeat(50)}`)[0]).toHaveLength(110);
});
