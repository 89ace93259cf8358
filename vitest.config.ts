import { cpus } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.ts";

/**
 * What starts the built program again and again. `npm test` leaves it to `npm run test:every-way`, which runs it in full;
 * what is left here of the built program is its start, its main job over both transports, and its end.
 */
const MANY_PROGRAMS = [
  "test/cli/closed-output.test.ts",
  "test/cli/demo.test.ts",
  "test/cli/worlds.test.ts",
  "test/fuzz/program.test.ts",
  "test/load/load.test.ts",
  "test/tools/forgery.test.ts",
  "test/tools/import.test.ts",
  "test/tools/scale.test.ts",
  "test/tools/scim/large-directory.test.ts",
  "test/tools/settings.test.ts",
];
const isNpmTest = process.env["npm_lifecycle_event"] === "test";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // They need a PostgreSQL, which `npm run test:postgres` starts.
    exclude: ["test/postgres/**", ...(isNpmTest ? MANY_PROGRAMS : [])],
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
