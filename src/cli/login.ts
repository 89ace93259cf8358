import { print } from "./command.ts";
import type { Command } from "./command.ts";
import { readFlags } from "./flags.ts";

/** Says how to make a token by hand. */
export const run: Command = async ({ args, stderr }) => {
  readFlags(args, {});
  print(
    stderr,
    "login is not available yet. Create a key and a token by hand at https://trello.com/power-ups/admin" +
      " (your Power-Up, API key, Token), then set TRELLO_API_KEY and TRELLO_API_TOKEN.",
  );
  return 1;
};
