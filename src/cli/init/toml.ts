import { AppError } from "../../domain/error.ts";
import type { Addition } from "./entry.ts";

/**
 * The keys of an entry that this command writes. Other keys, such as `startup_timeout_sec`, stay as the user set them.
 */
const OURS = /^\s*(command|args|env_vars)\s*=/;

/**
 * The part that the command `init` adds to the client's file, as TOML text for the user to paste. The text contains
 * nothing else of the file.
 */
export function tomlText(section: string, { name, entry }: Addition): string {
  return [header(section, name), ...keys(entry)].join("\n");
}

/**
 * Adds this server's entry to the text of an MCP client's TOML file, and returns the new text. If the entry exists,
 * only the keys that `init` writes are replaced; every other line stays. CONFIG_INVALID if the file has its list of
 * servers as an inline table (`{ ... }`), because nothing can be added to an inline table. `path`: the file's path, for
 * messages.
 */
export function mergeToml(text: string, section: string, addition: Addition, path: string): string {
  if (new RegExp(`^\\s*${section}\\s*=`, "m").test(text)) {
    throw new AppError(
      "CONFIG_INVALID",
      `${section} in ${path} is an inline table, so nothing was changed.`,
      {
        next: "Run the command again without --write, and paste the configuration by hand.",
      },
    );
  }
  const lines = text.split("\n");
  const { name, entry } = addition;
  const at = lines.findIndex((line) => isHeader(line, section, name));
  if (at < 0) {
    const before = text.trim() === "" ? "" : `${text.trimEnd()}\n\n`;
    return `${before}${tomlText(section, addition)}\n`;
  }
  const end = lines.findIndex((line, index) => index > at && /^\s*\[/.test(line));
  const table = lines.slice(at + 1, end < 0 ? lines.length : end);
  const rest = end < 0 ? [] : lines.slice(end);
  return [...lines.slice(0, at + 1), ...keys(entry), ...withoutOurs(table), ...rest].join("\n");
}

/**
 * The lines of a table without the keys that this command writes. A value may have several lines, so all lines of the
 * value are left out with its key.
 */
function withoutOurs(table: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let open = 0;
  for (const line of table) {
    if (open === 0 && !OURS.test(line)) {
      kept.push(line);
      continue;
    }
    const bare = line.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, "").replace(/#.*$/, "");
    open = Math.max(0, open + (bare.match(/\[/g)?.length ?? 0) - (bare.match(/\]/g)?.length ?? 0));
  }
  return kept;
}

function keys({ command, args, env_vars }: Addition["entry"]): readonly string[] {
  return [
    `command = ${JSON.stringify(command)}`,
    `args = ${list(args)}`,
    ...(env_vars ? [`env_vars = ${list(env_vars)}`] : []),
  ];
}

/** A list of texts in TOML. Texts are escaped as in JSON, which TOML accepts (TOML 1.0, "String"). */
function list(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(", ")}]`;
}

function header(section: string, name: string): string {
  return `[${section}.${name}]`;
}

function isHeader(line: string, section: string, name: string): boolean {
  const bare = line.replace(/#.*$/, "").replaceAll(/[\s"']/g, "");
  return bare === header(section, name);
}
