// Other makers' clients against the built program, each in a version that is known to work: the official conformance suite,
// the MCP Inspector's command line, and five frameworks. They need newer versions of Node than this program does, so Node 24
// is installed beside them, into a temporary folder. `npm run test:clients` builds first. Needs a package registry.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGES = {
  node: "24.21.0",
  "@modelcontextprotocol/conformance": "0.2.0-alpha.12",
  "@modelcontextprotocol/inspector": "2.12.0",
  "@modelcontextprotocol/sdk": "1.32.2",
  ai: "6.0.326",
  "@ai-sdk/mcp": "1.0.102",
  "@langchain/core": "1.4.0",
  "@langchain/langgraph": "1.7.3",
  "@langchain/mcp-adapters": "1.1.4",
  "@mastra/core": "0.24.9",
  "@mastra/mcp": "0.14.5",
  "@openai/agents": "0.20.0",
  "@google/genai": "2.32.0",
};

/** The scenarios that ask for nothing but a server. The others call tools, prompts and resources of a test server by name. */
const SCENARIOS = {
  "2025-11-25": [
    "server-initialize",
    "ping",
    "tools-list",
    "dns-rebinding-protection",
    "server-session-lifecycle",
    "resources-list",
    "prompts-list",
  ],
  "2026-07-28": [
    "tools-list",
    "resources-list",
    "prompts-list",
    "dns-rebinding-protection",
    "http-header-validation",
    "sep-2164-resource-not-found",
    "input-required-result-unsupported-methods",
    "server-stateless",
    "caching",
  ],
};
/** Checks of `server-stateless` that call a tool of the test server. */
const NEEDS_TEST_TOOL = /Not testable: server does not list the diagnostic tool/g;

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "trello-identity-clients-"));
const home = { HOME: folder, XDG_CONFIG_HOME: folder, IDENTITY_OPEN_BROWSER: "false" };
const node = join(folder, "node_modules/node/bin/node");
let passed = 0;
let failed = 0;
try {
  if (!install()) {
    console.log("skip the other clients cannot be installed from this registry, so none was tried");
    rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  }
  await withHttp((url) => {
    for (const [version, names] of Object.entries(SCENARIOS))
      for (const name of names) conformance(url, name, version);
    inspector("http", [url]);
  });
  inspector("stdio", [process.execPath, main, "stdio", "--sandbox"]);
  frameworks();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** false if the registry does not have them. */
function install() {
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", dependencies: PACKAGES }));
  // Peers that only other uses of a framework need are left out.
  const args = ["install", "--no-audit", "--no-fund", "--legacy-peer-deps", "--loglevel=error"];
  const { status, stderr } = spawnSync("npm", args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) console.log(stderr);
  return status === 0;
}

/** Runs `work` with the address of a server on the sandbox. */
async function withHttp(work) {
  const server = spawn(process.execPath, [main, "http", "--sandbox"], {
    env: { PATH: process.env.PATH, ...home, IDENTITY_HTTP_PORT: "0" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(server, "close");
  try {
    let log = "";
    const url = await new Promise((resolve, reject) => {
      server.stderr.on("data", (part) => {
        log += part;
        const [, found] = /"url":"(http[^"]+)"/.exec(log) ?? [];
        if (found) resolve(found);
      });
      ended.then(() => reject(new Error(`the server ended: ${log}`)), reject);
    });
    work(url);
  } finally {
    server.kill();
    await ended;
  }
}

function conformance(url, scenario, version) {
  const cli = join(folder, "node_modules/@modelcontextprotocol/conformance/dist/index.js");
  const { status, text } = run(node, [
    cli,
    "server",
    "--url",
    url,
    "--scenario",
    scenario,
    "--spec-version",
    version,
  ]);
  const [, failures = "0"] = /Passed: \d+\/\d+, (\d+) failed/.exec(text) ?? [];
  const untestable = text.match(NEEDS_TEST_TOOL)?.length ?? 0;
  const isFine = status === 0 || (scenario === "server-stateless" && untestable === Number(failures));
  report(isFine, `conformance ${version} ${scenario}`, text.slice(-1500));
}

/** The Inspector lists the tools, with no warning about a schema, and calls one. */
function inspector(transport, target) {
  const cli = join(folder, "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js");
  const listed = run(node, [cli, "--cli", ...target, "--method", "tools/list", "--strict"]);
  report(
    listed.status === 0 && !/warn/i.test(listed.stderr),
    `inspector lists tools over ${transport}, strictly`,
    listed.text,
  );
  const call = ["--method", "tools/call", "--tool-name", "list_workspaces"];
  const called = run(node, [cli, "--cli", ...target, ...call]);
  report(
    called.status === 0 && /northwind/i.test(called.text),
    `inspector calls a tool over ${transport}`,
    called.text,
  );
}

function frameworks() {
  const script = join(folder, "frameworks.mjs");
  cpSync(fileURLToPath(new URL("../test/clients/frameworks.mjs", import.meta.url)), script);
  const command = JSON.stringify([process.execPath, main, "stdio", "--sandbox"]);
  const { text } = run(node, [script], { SERVER: command });
  const lines = text.split("\n").filter((line) => line.startsWith('{"name"'));
  report(lines.length === 5, `five frameworks ran (${lines.length})`, text.slice(-1500));
  for (const line of lines) {
    const { name, tools, converted, answered, error } = JSON.parse(line);
    report(
      tools > 30 && converted && answered,
      `${name} converts ${tools} tools and calls one`,
      error ?? line,
    );
  }
}

function run(command, args, env = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    env: { PATH: process.env.PATH, ...home, NO_COLOR: "1", ...env },
    encoding: "utf8",
    timeout: 120_000,
    maxBuffer: 64_000_000,
  });
  return { status, stderr, text: `${stdout}${stderr}` };
}

function report(holds, what, why) {
  if (holds) passed += 1;
  else failed += 1;
  console.log(`${holds ? "ok  " : "FAIL"} ${what}`);
  if (!holds) console.log(why);
}
