import { defineConfig } from "vitest/config";

// The pages in a real browser: slow to start, and not on every machine, so a suite of its own.
export default defineConfig({
  test: {
    include: ["test/browser/**/*.browser.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    maxWorkers: 1,
    isolate: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
