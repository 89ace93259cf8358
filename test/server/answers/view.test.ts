import { expect, it } from "vitest";
import { runView } from "../../../src/server/answers/view.ts";
import { boardRemoval, done, evidenceOf, runOf } from "../../report/runs.ts";

const effects = [boardRemoval("Roadmap"), boardRemoval("Payroll", 2), boardRemoval("Design", 3)];

/** A run whose writes were all accepted; `untrue` and `hidden` say which of them a read did not show. */
const runWith = (untrue: readonly number[], hidden: readonly number[] = []) => {
  const lines = (found: readonly number[], why: string) =>
    found.map((index) => `${effects[index]?.description}: ${why}`);
  const evidence = evidenceOf(effects, {
    result: untrue.length > 0 ? "INCOMPLETE" : hidden.length > 0 ? "UNVERIFIED" : "PASS",
    checks: effects.map(({ op, description }, index) => ({
      label: description,
      op,
      holds: !untrue.includes(index) && !hidden.includes(index),
    })),
    unfinished: lines(untrue, "not as planned when read again"),
    unverified: lines(hidden, "accepted by Trello"),
  });
  return runOf(effects, { run: { effects: effects.map((effect, index) => done(effect, index)), evidence } });
};

it.each([
  [[], [], 3, 0],
  [[1], [], 2, 1],
  [[0, 1, 2], [], 0, 3],
  // What cannot be read was accepted, and counts as done.
  [[], [2], 3, 0],
  [[0], [1, 2], 2, 1],
])(
  "what was accepted and is not true when read again is not counted as done: %j, hidden %j",
  (untrue, hidden, applied, failed) => {
    expect(runView(runWith(untrue, hidden))).toMatchObject({ total: 3, applied, already: 0, failed });
  },
);

it("a run without evidence counts what was accepted", () => {
  const rows = effects.map((effect, index) => done(effect, index, index === 2 ? { state: "failed" } : {}));
  expect(runView(runOf(effects, { run: { effects: rows, evidence: null } }))).toMatchObject({
    applied: 2,
    failed: 1,
  });
});
