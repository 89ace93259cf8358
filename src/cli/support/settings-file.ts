import { readFileSync, statSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { parseEnv } from "node:util";
import { type Variable, VARIABLES } from "../../config/settings.ts";
import { AppError } from "../../domain/error.ts";
import { meantText } from "../../domain/nearest.ts";

/**
 * Reads a file with lines `NAME=value`, for MCP clients that cannot store secrets. Throws CONFIG_INVALID if the file
 * cannot be read, if other users can read it, or if a line is not a setting.
 */
export function readSettingsFile(path: string): Readonly<Partial<Record<Variable, string>>> {
  const file = isAbsolute(path) ? path : resolve(path);
  const values = parseEnv(readPrivate(file));
  const settings: Partial<Record<Variable, string>> = {};
  const problems: string[] = [];
  for (const [name, value] of Object.entries(values)) {
    const variable = VARIABLES.find((each) => each === name);
    if (variable === undefined) {
      const shown = name.replace(/[^\w-]/g, "?").slice(0, 80);
      problems.push(
        `${shown} in ${file} is not a setting.${meantText(name, VARIABLES)} Correct or remove it.`,
      );
    } else if (value !== undefined && value.trim() !== "") settings[variable] = value;
  }
  if (problems.length === 0) return settings;
  throw new AppError("CONFIG_INVALID", problems.join("\n"), {
    next: "Correct each of these settings and start again.",
    details: { problems },
  });
}

function readPrivate(file: string): string {
  try {
    const { mode } = statSync(file);
    // Windows has no such permission bits.
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      throw new AppError("CONFIG_INVALID", `Other users of this machine can read ${file}.`, {
        next: `The file contains secrets. Run \`chmod 600 ${file}\` to let only its owner read it.`,
      });
    }
    return readFileSync(file, "utf8");
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError("CONFIG_INVALID", `The settings file ${file} cannot be read.`, {
      next: "Give --settings-file the path of a file that this user may read.",
      cause,
    });
  }
}
