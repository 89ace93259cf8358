import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PlanDraft } from "../../src/domain/plan.ts";
import type { Reads } from "../../src/domain/reads.ts";
import { createEngine, type Engine } from "../../src/engine/engine.ts";
import { SEED } from "../../src/sandbox/index.ts";
import { catalog } from "../../src/tools/catalog.ts";
import { type Bench, openBench } from "../faults/bench.ts";
import { freshWorld } from "../support/fresh-world.ts";
import { confirmAndApply } from "../support/stack.ts";
import { engineDeps } from "../support/wiring.ts";
import { EXAMPLES } from "../tools/examples.ts";

const tools = fileURLToPath(new URL("../../src/tools", import.meta.url));

let bench: Bench;
let engine: Engine;
/** Sources that a planner finds not configured. */
let missing: Partial<Reads> = {};
const drafts: PlanDraft[] = [];

beforeAll(async () => {
  bench = await openBench(freshWorld());
  const deps = engineDeps(bench.gateway, bench.store);
  engine = createEngine({
    ...deps,
    webhookAddress: (id) => `https://identity.example.com/webhooks/trello/${id}`,
    planner(tool) {
      const planner = deps.planner(tool);
      return (
        planner && {
          ...planner,
          async plan(args, context) {
            const draft = await planner.plan(args, { ...context, reads: { ...context.reads, ...missing } });
            drafts.push(draft);
            return draft;
          },
        }
      );
    },
  });
});
afterAll(() => bench.close());

async function draftOf(tool: string, args: Readonly<Record<string, unknown>>): Promise<PlanDraft> {
  await engine.propose(tool, args as never, bench.caller);
  return drafts.at(-1) as PlanDraft;
}

const changing = catalog
  .filter(
    ({ name, effect, toolset }) =>
      effect !== "read" && toolset !== "enterprise" && EXAMPLES[name] && !EXAMPLES[name].prepare,
  )
  .map(({ name }) => name);

const CASES: readonly (readonly [tool: string, args: Readonly<Record<string, unknown>>])[] = [
  ...changing.map((tool) => [tool, EXAMPLES[tool]?.args ?? {}] as const),
  ["offboard_member", { member: SEED.leaver.id, rung: "account" }],
  ["offboard_member", { member: SEED.leaver.email, rung: "enterprise" }],
  ["offboard_member", { members: [SEED.leaver.email, SEED.successor.email], rung: "account" }],
  ["scim_deactivate_user", { user: SEED.leaver.email, how: "deactivate" }],
];

describe.each([
  ["every source is there", {}],
  ["the organization API is not configured", { organization: null }],
  ["the enterprise is not configured", { enterprise: null }],
  ["neither is configured", { organization: null, enterprise: null }],
])("where %s", (_where, sources) => {
  test.each(CASES)("%s that cannot show all it takes says what it did not see", async (tool, args) => {
    missing = sources;
    const { impactUnknown = false, blindSpots = [] } = await draftOf(tool, args);
    expect(impactUnknown && blindSpots.length === 0).toBe(false);
  });
});

test("an undo that takes an account away says what it did not see", async () => {
  missing = {};
  const run = await confirmAndApply(bench, "scim_create_user", {
    email: "brand.new@example.com",
    givenName: "Brand",
    familyName: "New",
  });
  missing = { organization: null };
  const draft = await draftOf("restore_member", { runId: run.id });
  expect(draft.impactUnknown).toBe(true);
  expect(draft.blindSpots).toContainEqual(expect.stringContaining("what else the account opens"));
});

test("some of these plans cannot show all that they take", () => {
  expect(drafts.filter(({ impactUnknown }) => impactUnknown).length).toBeGreaterThan(5);
});

test("no tool claims to have seen everything: that is what an empty list of blind spots says", () => {
  const sources = readdirSync(tools, { recursive: true, encoding: "utf8" }).filter((path) =>
    path.endsWith(".ts"),
  );
  expect(sources.length).toBeGreaterThan(40);
  const claiming = sources.filter((path) =>
    /blindSpots:\s*\[\s*\]/.test(readFileSync(`${tools}/${path}`, "utf8")),
  );
  expect(claiming).toEqual([]);
});
