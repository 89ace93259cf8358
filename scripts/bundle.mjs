// Makes the bundle for Claude Desktop (MCPB): the built program, the one package with native parts for every platform that
// the manifest names, and the manifest. Then it installs the bundle as a client would, on the sandbox, and calls a tool.
// `npm run bundle` builds first. Needs a package registry, for the native parts and for the format's own tool.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

const TOOL = "@anthropic-ai/mcpb@2.1.2";
const PLATFORMS = ["darwin-arm64", "darwin-x64", "win32-x64-msvc", "linux-x64-gnu", "linux-arm64-gnu"];
const MOST_BYTES = 30_000_000;

const root = fileURLToPath(new URL("..", import.meta.url));
const { name, version, dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const out = join(root, "dist-bundle");
const file = join(out, `${name}-${version}.mcpb`);
const folder = mkdtempSync(join(tmpdir(), `${name}-bundle-`));
try {
  const stage = join(folder, "stage");
  const tool = join(folder, "tool");
  for (const path of [stage, tool, out]) mkdirSync(path, { recursive: true });
  writeFileSync(join(tool, "package.json"), "{}");
  if (!isThere(TOOL)) {
    console.log(`skip  ${TOOL} is not in this registry, so no bundle was made`);
    rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  }
  npm(["install", "--ignore-scripts", "--no-audit", "--no-fund", TOOL], tool);
  const mcpb = join(tool, "node_modules/@anthropic-ai/mcpb");

  for (const path of ["dist", "manifest.json", "LICENSE", "README.md"])
    cpSync(join(root, path), join(stage, path), { recursive: true });
  writeFileSync(join(stage, "package.json"), JSON.stringify({ name, version, type: "module", dependencies }));
  npm(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=optional"], stage);
  for (const platform of PLATFORMS)
    if (!addNative(platform, stage)) console.log(`skip  ${platform}: not in this registry`);
  rmSync(join(stage, "package-lock.json"), { force: true });

  run(process.execPath, [join(mcpb, "dist/cli/cli.js"), "validate", join(stage, "manifest.json")], folder);
  run(process.execPath, [join(mcpb, "dist/cli/cli.js"), "pack", stage, file], folder);
  const { size } = statSync(file);
  check(size <= MOST_BYTES, `the bundle has ${size} bytes, at most ${MOST_BYTES}`);

  const installed = join(folder, "installed");
  run(process.execPath, [join(mcpb, "dist/cli/cli.js"), "unpack", file, installed], folder);
  const { getMcpConfigForManifest } = await import(pathToFileURL(join(mcpb, "dist/index.js")));
  await tryOut(installed, getMcpConfigForManifest);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Adds the native part of the database for one platform. false if the registry does not have it. */
function addNative(platform, stage) {
  const own = JSON.parse(readFileSync(join(stage, "node_modules/libsql/package.json"), "utf8"));
  const wanted = `@libsql/${platform}@${own.optionalDependencies[`@libsql/${platform}`]}`;
  if (!isThere(wanted)) return false;
  const packed = join(folder, platform);
  const target = join(stage, "node_modules/@libsql", platform);
  for (const path of [packed, target]) mkdirSync(path, { recursive: true });
  npm(["pack", "--silent", wanted], packed);
  const [tarball] = readdirSync(packed);
  run("tar", ["-xzf", tarball, "--strip-components=1", "-C", target], packed);
  return true;
}

/** Starts the unpacked bundle with the settings of a person who only ticked the sandbox, and calls a tool. */
async function tryOut(installed, configOf) {
  const manifest = JSON.parse(readFileSync(join(installed, "manifest.json"), "utf8"));
  const config = await configOf({
    manifest,
    extensionPath: installed,
    systemDirs: {},
    userConfig: { sandbox: true },
    pathSeparator: "/",
  });
  const client = new Client({ name: "bundle-check", version: "1" });
  await client.connect(
    new StdioClientTransport({
      command: config.command === "node" ? process.execPath : config.command,
      args: config.args,
      env: { ...config.env, HOME: installed, PATH: process.env.PATH ?? "" },
      stderr: "inherit",
    }),
  );
  try {
    const { tools } = await client.listTools();
    check(tools.length > 20, `the installed bundle offers ${tools.length} tools`);
    const { isError } = await client.callTool({ name: "check_connection", arguments: {} });
    check(!isError, "check_connection answers from the sandbox");
  } finally {
    await client.close();
  }
}

/** Whether the registry has the package. Some registries have only the packages of their own platform. */
function isThere(wanted) {
  const shell = process.platform === "win32";
  return spawnSync("npm", ["view", wanted, "version"], { cwd: folder, shell }).status === 0;
}

function npm(args, cwd) {
  return run("npm", args, cwd);
}

function run(command, args, cwd) {
  const shell = process.platform === "win32" && command === "npm";
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", shell });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(" ")} ended with ${status}\n${stdout}${stderr}`);
}

function check(holds, what) {
  console.log(`${holds ? "ok  " : "FAIL"} ${what}`);
  if (!holds) process.exitCode = 1;
}
