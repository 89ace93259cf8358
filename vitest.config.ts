import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    // Most of the time goes into processes that tests wait for, so every core gets a worker.
    maxWorkers: "100%",
    // No file leaves anything behind in its worker, and loading every module anew for each takes a third of the time.
    isolate: false,
    // Far more than anything takes: a limit is there to end what hangs, not to fail what is slow on a busy machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
