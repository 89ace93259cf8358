import { defineConfig } from "vitest/config";

/** `npm run test:postgres`: the tests that a store of any kind must pass, on PostgreSQL, and those of several replicas. */
export default defineConfig({
  test: {
    include: [
      "test/store/*.test.ts",
      "test/store/corruption/*.test.ts",
      "test/postgres/*.test.ts",
      "test/transport/replicas.test.ts",
      "test/crash/limit.test.ts",
      "test/crash/interleavings.test.ts",
      "test/faults/schedules.test.ts",
      "test/faults/messy.test.ts",
      "test/engine/run/last-admin-race.test.ts",
      "test/engine/run/lease-keeper.test.ts",
    ],
    // Few: other suites have a thousand of each on SQLite.
    env: { SCHEDULES: "8", CORRUPTIONS: "200" },
    // These are about SQLite's file alone; they run in `npm test`.
    exclude: [
      "test/store/failure.test.ts",
      "test/store/open.test.ts",
      "test/store/effects-index.test.ts",
      "test/store/old-stores.test.ts",
      "test/store/old-shapes.test.ts",
      "test/store/batches.test.ts",
      "test/store/verify.test.ts",
    ],
    globalSetup: ["test/support/global-setup.ts", "test/postgres/global-setup.ts"],
    maxWorkers: 2,
    isolate: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
