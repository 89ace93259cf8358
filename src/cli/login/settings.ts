import { lstat, open, rename, rm } from "node:fs/promises";
import type { Secret } from "../../config/secret.ts";
import { type Setting, SETTINGS, type Variable } from "../../config/settings.ts";
import { AppError } from "../../domain/error.ts";
import type { CommandIo } from "../support/command.ts";

/** What must be known of the app before there is a token. */
export interface AppSettings {
  readonly apiKey: Secret;
  readonly apiSecret: Secret;
  readonly apiBaseUrl: string;
}

/** The app's settings alone: a token that is missing, expired or half set is what a login is for. */
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
  };
}

/** A file that only its owner can read, kept ready before there is anything to write. */
export interface SettingsFile {
  /** Writes once, all or nothing. */
  write(text: string): Promise<void>;
  /** Takes away what was not written. */
  discard(): Promise<void>;
}

/**
 * Makes the file at once (mode 0600), so that a token is not obtained and then has no place. An existing one is left
 * alone (CONFLICT) unless `force`; it is then replaced at the end, in one step. `random` names the file until then.
 */
export async function reserve(path: string, force: boolean, random: string): Promise<SettingsFile> {
  const existing = await lstat(path).catch(() => null);
  if (existing && (!force || existing.isDirectory())) {
    throw new AppError("CONFLICT", "The file for the settings exists already.", {
      next: existing.isDirectory()
        ? "Name a file, not a folder."
        : "Name another one, or replace it by --force.",
      details: { path },
    });
  }
  const target = existing ? `${path}.${random}` : path;
  const file = await open(target, "wx", 0o600).catch((cause: unknown) => {
    throw new AppError("CONFIG_INVALID", "The file for the settings cannot be made.", {
      next: "Name one in a folder that exists and that you may write to.",
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
