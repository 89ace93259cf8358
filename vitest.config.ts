import { cpus } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.ts";

/**
 * What starts the built program again and again, the longest tables of tools, and what the long suites run in full.
 * `npm test` has two and a half minutes on two cores, so it leaves them to those suites (package.json), in CI too.
 */
export const LEFT_TO_EVERY_WAY: readonly string[] = [
  "test/cli/approval-page.test.ts",
  "test/cli/closed-output.test.ts",
  "test/cli/demo.test.ts",
  "test/cli/doctor-protected-groups.test.ts",
  "test/cli/doctor.test.ts",
  "test/cli/roster-schedule-service.test.ts",
  "test/cli/rotation.test.ts",
  "test/cli/runs.test.ts",
  "test/cli/support/roster-schedule.test.ts",
  "test/cli/sign-in.test.ts",
  "test/cli/tenant-work.test.ts",
  "test/cli/tenants.test.ts",
  "test/cli/traces.test.ts",
  "test/cli/support/watch.test.ts",
  "test/cli/webhooks.test.ts",
  "test/cli/worlds.test.ts",
  "test/engine/plan/impersonation.test.ts",
  "test/engine/plan/spellings.test.ts",
  "test/engine/plan/user-names.test.ts",
  "test/engine/restore.test.ts",
  "test/engine/run/outages.test.ts",
  "test/engine/run/promises.test.ts",
  "test/contract/scim-applications.test.ts",
  "test/fuzz/program.test.ts",
  "test/load/load.test.ts",
  "test/planning/blind-spots.test.ts",
  "test/planning/boards/succession.test.ts",
  "test/planning/boards/team-boards.test.ts",
  "test/planning/removals.test.ts",
  "test/server/product.test.ts",
  "test/tools/contract.test.ts",
  "test/tools/forgery.test.ts",
  "test/tools/import.test.ts",
  "test/tools/offboarding/everywhere.test.ts",
  "test/tools/offboarding/offboard-member-rungs.test.ts",
  "test/tools/offboarding/restore-member.test.ts",
  "test/tools/reviews/roster-leavers-everywhere.test.ts",
  "test/tools/reviews/roster-of-500.test.ts",
  "test/tools/scale.test.ts",
  "test/tools/scim/large-directory.test.ts",
  "test/tools/scim/operations.test.ts",
  "test/tools/settings.test.ts",
  "test/transport/replicas.test.ts",
  "test/tools/offboarding/offboard-member.test.ts",
  "test/tools/scim/failures.test.ts",
  "test/tools/credentials.test.ts",
  "test/tools/no-elicitation.test.ts",
  "test/tools/membership/add-to-boards.test.ts",
  "test/tools/membership/revoke-invitations.test.ts",
  "test/tools/membership/groups.test.ts",
  "test/cli/loaded.test.ts",
];
const isNpmTest = process.env["npm_lifecycle_event"] === "test";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // They need a PostgreSQL, which `npm run test:postgres` starts.
    exclude: ["test/postgres/**", ...(isNpmTest ? LEFT_TO_EVERY_WAY : [])],
    globalSetup: ["test/support/global-setup.ts"],
    // Much of the time goes into processes and answers that tests wait for, so there are more workers than cores.
    maxWorkers: cpus().length + 1,
    sequence: { sequencer: LongestFirst },
    // No file leaves anything behind in its worker, and loading every module anew for each takes a third of the time.
    isolate: false,
    // Worlds and replies are much short-lived memory: room for it halves the work of the collector.
    execArgv: ["--max-semi-space-size=64"],
    // Far more than anything takes: a limit is there to end what hangs, not to fail what is slow on a busy machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
