import type { Config } from "../../config/config.ts";
import { storeFolder } from "../../config/data-folder.ts";
import type { CommandIo } from "./command.ts";
import { keptSecret } from "./kept-secret.ts";

export interface KeptToken {
  readonly token: string;
  readonly file: string;
  /** Whether the token was made by this call. */
  readonly isNew: boolean;
}

const WORDS = {
  file: "http-token",
  what: "bearer token",
  again: "start again: a new one is made",
  setting: "IDENTITY_HTTP_TOKEN",
} as const;

/**
 * The bearer token for `http`, from a file in the folder of the store. The first start makes the token. Throws
 * CONFIG_INVALID if the file cannot be used, or if other users of the machine can read it.
 */
export function keptToken(
  config: Pick<Config, "storeUrl">,
  { env, machine }: Pick<CommandIo, "env" | "machine">,
): KeptToken {
  const folder = storeFolder(config.storeUrl.reveal(), machine, env);
  const { text, file, isNew } = keptSecret(folder, WORDS);
  return { token: text, file, isNew };
}
