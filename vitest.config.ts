import { cpus } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // They need a PostgreSQL, which `npm run test:postgres` starts.
    exclude: ["test/postgres/**"],
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
