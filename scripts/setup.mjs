// Installs the locked dependencies when they are missing or out of date, so that every npm script works
// from a fresh clone with nothing but Node and npm. Uses nothing but Node itself.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `trello-identity-mcp needs Node 20.19 or newer; this is ${process.version}. Install a newer Node and run the command again.`,
  );
  process.exit(1);
}

const stamp = `${root}node_modules/.installed-lock`;
const wanted = createHash("sha256")
  .update(readFileSync(`${root}package-lock.json`))
  .digest("hex");
const present = existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;

if (!present) {
  console.error("Installing dependencies (once) ...");
  const windows = process.platform === "win32";
  const { status } = spawnSync(
    windows ? "npm.cmd" : "npm",
    ["ci", "--no-audit", "--no-fund", "--loglevel=error"],
    { cwd: root, stdio: ["ignore", "ignore", "inherit"], shell: windows },
  );
  if (status !== 0) {
    console.error(
      "npm could not install. Check the connection to your package registry and run the command again.",
    );
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}

await import("./catalog.mjs");
