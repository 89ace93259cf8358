import { spawnSync } from "node:child_process";

/** Builds the program once before any test, so that tests can spawn the real binary. */
export default function setup(): void {
  const built = spawnSync(process.execPath, ["scripts/build.mjs"], { encoding: "utf8" });
  if (built.status !== 0) throw new Error(`The build failed:\n${built.stderr}`);
}
