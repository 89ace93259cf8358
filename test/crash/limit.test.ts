import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MEMORY } from "../support/memory.ts";
import { IN_FULL } from "../support/suites.ts";
import { SEED } from "../../src/sandbox/index.ts";
import { openLane } from "./lane.ts";
import { bundleChild } from "./processes.ts";

let folder: string;
let program: string;
beforeAll(async () => {
  folder = await mkdtemp(join(MEMORY, "identity-limit-"));
  program = await bundleChild(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(IN_FULL ? [1, 2, 3] : [1])(
  "two processes that are each within the day's limit and together over it: not both write (round %i)",
  async (round) => {
    const lane = await openLane(program, folder, `race-${round}`);
    const children = await Promise.all([lane.start(), lane.start()]);
    const boards = lane.boards();
    const half = boards.length / 2;
    const answers = await Promise.all(
      children.map((child, index) =>
        child.tell({
          death: null,
          limit: 1,
          apply: {
            tool: "remove_from_boards",
            args: {
              workspace: SEED.workspaces.standard.id,
              member: [SEED.leaver.id, SEED.deputy.id][index] ?? "",
              boards: boards.slice(index * half, (index + 1) * half),
            },
          },
        }),
      ),
    );
    const refused = answers.flatMap((answer) => answer?.refused ?? []);
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused)).toEqual(new Set(["POLICY_DENIED"]));
    expect(lane.writes()).toBe((2 - refused.length) * half);
    // What was refused is over: a later process takes nothing of it up.
    const [child] = children;
    expect(await child?.tell({ death: null, apply: null })).toMatchObject({ runs: [] });
    expect(lane.writes()).toBe((2 - refused.length) * half);
    await Promise.all(children.map((each) => each.end()));
    await lane.close();
  },
);
