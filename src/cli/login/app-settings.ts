import { SETTINGS } from "../../config/settings.ts";
import type { Setting, Variable } from "../../config/settings.ts";
import type { Secret } from "../../config/secret.ts";
import { AppError } from "../../domain/error.ts";
import type { CommandIo } from "../command.ts";

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
