import { readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { z } from "zod";

const NAME = "trello-identity-mcp";

/** The command and arguments that start this program again, wherever it is installed. */
export interface Start {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * How a client starts this program. `npx` runs it from its own cache, which may be emptied, so a client should call
 * `npx` again. In all other cases the program is a file that stays.
 */
export function startOf(program: string, platform: NodeJS.Platform): Start {
  const spec = npxSpec(program);
  if (spec === null) return { command: "node", args: [realPath(program)] };
  // On Windows npx is a script, which only the shell can start.
  return platform === "win32"
    ? { command: "cmd", args: ["/c", "npx", "-y", spec] }
    : { command: "npx", args: ["-y", spec] };
}

/** What a person types to start this program again. It is the name alone only if a shell finds the program by it. */
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

/** `npx` puts a link to the program into `node_modules/.bin`. Node needs the file behind the link. */
function realPath(program: string): string {
  try {
    return realpathSync(program);
  } catch {
    return program;
  }
}

const npxPackage = z.object({ _npx: z.object({ packages: z.array(z.string()).min(1) }) });

/** What `npx` was asked to run (a package's name or a tarball) if it started this program, else null. */
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
