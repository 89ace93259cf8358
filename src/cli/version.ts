import manifest from "../../package.json" with { type: "json" };
import { type Command, print } from "./support/command.ts";

export const VERSION: string = manifest.version;

/** Prints the version. */
export const run: Command = async ({ stdout }) => {
  print(stdout, VERSION);
  return 0;
};
