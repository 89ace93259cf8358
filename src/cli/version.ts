import manifest from "../../package.json" with { type: "json" };
import { type Command, print, UsageError } from "./support/command.ts";

export const VERSION: string = manifest.version;

/** Prints the version. */
export const run: Command = async ({ args, stdout }) => {
  if (args.length > 0) throw new UsageError("There are more arguments than version takes.");
  print(stdout, VERSION);
  return 0;
};
