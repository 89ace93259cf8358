import { readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { z } from "zod";

const NAME = "trello-identity-mcp";

/** The command and arguments that start this program again. */
export interface Start {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * How an MCP client must start this program. If `npx` started this program, the client must use `npx` too, because
 * `npx` may delete the program's file later. Otherwise the client starts the program's file.
 */
export function startOf(program: string, platform: NodeJS.Platform): Start {
  const spec = npxSpec(program);
  if (spec === null) return { command: "node", args: [realPath(program)] };
  // On Windows, npx is a script, which only a shell can start.
  return platform === "win32"
    ? { command: "cmd", args: ["/c", "npx", "-y", spec] }
    : { command: "npx", args: ["-y", spec] };
}

/** What the user types to start this program again. If the shell finds the program by its name, the name is enough. */
export function programText(program: string): string {
  const spec = npxSpec(program);
  if (spec !== null) return `npx -y ${quoted(spec)}`;
  const folder = basename(dirname(program));
  if (basename(program) === NAME && folder !== ".bin") return NAME;
  return `node ${quoted(folder === ".bin" ? realPath(program) : program)}`;
}

function quoted(text: string): string {
  return /^[\w./:@~\\-]+$/.test(text) ? text : `"${text}"`;
}

/**
 * `npx` starts a link in `node_modules/.bin`, and Node cannot start this link on every system. So Node gets the file to
 * which the link points.
 */
function realPath(program: string): string {
  try {
    return realpathSync(program);
  } catch {
    return program;
  }
}

const npxPackage = z.object({ _npx: z.object({ packages: z.array(z.string()).min(1) }) });

/** The package name or file with which `npx` was called; null if `npx` did not start this program. */
function npxSpec(program: string): string | null {
  const cache = /^(.*[\\/]_npx[\\/][^\\/]+)[\\/]node_modules[\\/]/.exec(program)?.[1];
  if (cache === undefined) return null;
  try {
    const { _npx } = npxPackage.parse(JSON.parse(readFileSync(join(cache, "package.json"), "utf8")));
    return _npx.packages.find((spec) => spec.includes(NAME)) ?? NAME;
  } catch {
    return NAME;
  }
}
