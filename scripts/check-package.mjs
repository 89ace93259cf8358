// Checks what a user gets: the size of the tarball, the packages that it installs, and that the commands of README work
// from it in an empty folder. `npm run package` builds first. Needs a package registry for the packages outside the bundle.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MOST_BYTES = 1_500_000;
const MOST_PACKAGES = 10;
const NAME = "trello-identity-mcp";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), `${NAME}-package-`));
try {
  const [packed] = JSON.parse(
    run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], root),
  );
  const paths = packed.files.map(({ path }) => path);
  check(packed.size <= MOST_BYTES, `the tarball has ${packed.size} bytes, at most ${MOST_BYTES}`);
  check(!paths.some((path) => path.endsWith(".map")), "the tarball has no source maps");
  for (const wanted of ["dist/main.js", "dist/THIRD-PARTY-LICENSES.txt", "README.md", "LICENSE", "mcp.json"])
    check(paths.includes(wanted), `the tarball has ${wanted}`);

  const home = join(folder, "home");
  const empty = join(folder, "empty");
  for (const path of [home, empty]) mkdirSync(path);
  writeFileSync(join(empty, "package.json"), "{}");
  run(
    "npm",
    ["install", "--ignore-scripts", "--no-audit", "--no-fund", join(folder, packed.filename)],
    empty,
  );
  const lock = JSON.parse(readFileSync(join(empty, "node_modules/.package-lock.json"), "utf8"));
  const installed = Object.keys(lock.packages).length;
  check(installed <= MOST_PACKAGES, `${installed} packages are installed, at most ${MOST_PACKAGES}`);

  for (const args of commandsOf(readFileSync(join(root, "README.md"), "utf8"))) {
    // Without flags `init` asks a person.
    const line = args.length === 1 && args[0] === "init" ? ["help", "init"] : args;
    const text = run("npx", ["--no-install", NAME, ...line], empty, { HOME: home, XDG_CONFIG_HOME: home });
    check(text !== "", `${NAME} ${line.join(" ")}`);
    if (line[0] === "demo") check(/^(Evidence|Review): PASS/m.test(text), "the demo ends with PASS");
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The arguments of each command line that README shows, without its comment. */
function commandsOf(readme) {
  const lines = [...readme.matchAll(/^ {4}npx -y trello-identity-mcp ([^#\n]*)/gm)];
  check(lines.length > 3, `README shows ${lines.length} commands`);
  return lines.map(([, text]) => text.trim().split(/\s+/));
}

function run(command, args, cwd, env = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(" ")} ended with ${status}\n${stdout}${stderr}`);
}

function check(holds, what) {
  console.log(`${holds ? "ok  " : "FAIL"} ${what}`);
  if (!holds) process.exitCode = 1;
}
