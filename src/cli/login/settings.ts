import { lstat, open, rename, rm } from "node:fs/promises";
import type { Secret } from "../../config/secret.ts";
import { type Setting, SETTINGS, type Variable } from "../../config/settings.ts";
import { LOGIN_PORT } from "../../config/assemble.ts";
import { AppError } from "../../domain/error.ts";
import type { CommandIo } from "../support/command.ts";

/** The settings of the Trello app that are needed for a login. */
export interface AppSettings {
  readonly apiKey: Secret;
  readonly apiSecret: Secret;
  readonly apiBaseUrl: string;
  /** The port of this machine to which the browser comes back. */
  readonly loginPort: number;
}

/**
 * Reads only the settings of the Trello app. Other settings may still be missing or wrong, because a login is often run
 * before they are set.
 */
export function appSettings(
  env: CommandIo["env"],
  flags: Readonly<Partial<Record<Variable, string>>>,
): AppSettings {
  const problems: string[] = [];
  const read = (variable: Variable, needed: boolean) => {
    const setting: Setting = SETTINGS[variable];
    const text = (flags[variable] ?? env[variable] ?? "").trim();
    if (text === "") {
      if (needed) problems.push(`${variable} is missing. Set it: ${setting.says}.`);
      return undefined;
    }
    const parsed = setting.format.safeParse(text);
    if (parsed.success) return parsed.data;
    problems.push(
      `${variable} ${parsed.error.issues[0]?.message ?? "is wrong"}. Correct it: ${setting.says}.`,
    );
    return undefined;
  };
  const apiKey = read("TRELLO_API_KEY", true);
  const apiSecret = read("TRELLO_API_SECRET", true);
  const apiBaseUrl = read("TRELLO_API_BASE_URL", false);
  const loginPort = read("IDENTITY_LOGIN_PORT", false);
  if (problems.length > 0) {
    throw new AppError("CONFIG_INVALID", problems.join("\n"), {
      next: "Correct each of these settings and run login again.",
      details: { problems },
    });
  }
  return {
    apiKey: apiKey as Secret,
    apiSecret: apiSecret as Secret,
    apiBaseUrl: (apiBaseUrl as string | undefined) ?? "https://api.trello.com/1",
    loginPort: (loginPort as number | undefined) ?? LOGIN_PORT,
  };
}

/** A file for secrets that only its owner can read. The empty file is made first, before its text is known. */
export interface SettingsFile {
  /** Writes the whole text in one step, and can be called only once. If it fails, nothing is written. */
  write(text: string): Promise<void>;
  /** Removes the file if nothing was written. */
  discard(): Promise<void>;
}

/**
 * Creates the file (mode 0600) before the login, so that storing the token cannot fail later. CONFLICT if the file
 * exists and `force` is false. With `force`, a new file is created beside the old file: its name is the old name, a dot
 * and `random`. At the end, the new file replaces the old file in one step.
 */
export async function reserveFile(path: string, force: boolean, random: string): Promise<SettingsFile> {
  const existing = await lstat(path).catch(() => null);
  if (existing && (!force || existing.isDirectory())) {
    throw new AppError("CONFLICT", "The file for the settings exists already.", {
      next: existing.isDirectory()
        ? "Name a file, not a folder."
        : "Name another file, or add --force to replace the existing file.",
      details: { path },
    });
  }
  const target = existing ? `${path}.${random}` : path;
  const file = await open(target, "wx", 0o600).catch((cause: unknown) => {
    throw new AppError("CONFIG_INVALID", "The file for the settings cannot be made.", {
      next: "Name a file in a folder that exists and that you may write to.",
      cause,
    });
  });
  let written = false;
  return {
    async write(text) {
      await file.writeFile(text);
      await file.sync();
      await file.close();
      if (target !== path) await rename(target, path);
      written = true;
    },
    async discard() {
      if (written) return;
      await file.close();
      await rm(target, { force: true });
    },
  };
}
