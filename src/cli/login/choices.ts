import { AppError } from "../../domain/error.ts";
import { type Scope, SCOPES } from "../../domain/token.ts";
import { EXPIRIES, type Expiry } from "../../gateway/trello/login.ts";
import { type CommandIo, print, UsageError } from "../support/command.ts";
import { ask } from "../support/terminal.ts";

export interface Choices {
  readonly scopes: readonly Scope[];
  readonly expiry: Expiry;
}

interface Question<T> {
  readonly flag: string;
  readonly explains: readonly string[];
  readonly asks: string;
  /** Reads the text that the user typed. Returns the choice, or a text that says what is wrong with the typed text. */
  readonly read: (text: string) => T | string;
}

const SCOPE_QUESTION: Question<{ readonly scopes: readonly Scope[] }> = {
  flag: "--scopes",
  explains: [
    "read: workspaces, boards and their people; every tool needs this scope",
    "write: invite, change roles, remove",
    "account: the token owner's own email and profile (update_my_profile)",
  ],
  asks: "Scopes, with commas: ",
  read(text) {
    const words = text.split(",").map((word) => word.trim());
    const scopes = SCOPES.filter((scope) => words.includes(scope));
    if (!words.every((word) => SCOPES.some((scope) => scope === word)) || !scopes.includes("read")) {
      return `takes read, and also write and account if they are needed: for example read,write`;
    }
    return { scopes };
  },
};

const EXPIRY_QUESTION: Question<{ readonly expiry: Expiry }> = {
  flag: "--expiry",
  explains: [
    "The expiry of a token cannot be changed later. To get another expiry, run login again: it makes a new token.",
  ],
  asks: `Expiry, one of ${EXPIRIES.join(", ")}: `,
  read(text) {
    const expiry = EXPIRIES.find((each) => each === text);
    return expiry ? { expiry } : `takes one of ${EXPIRIES.join(", ")}`;
  },
};

/**
 * The scopes and the expiry of the new token. They are given by flags, or asked at the terminal. UsageError if a flag
 * is missing and there is no terminal.
 */
export async function choose(
  io: CommandIo,
  given: { readonly scopes: string | undefined; readonly expiry: string | undefined },
): Promise<Choices> {
  const { scopes } = await choiceFor(io, SCOPE_QUESTION, given.scopes);
  const { expiry } = await choiceFor(io, EXPIRY_QUESTION, given.expiry);
  return { scopes, expiry };
}

async function choiceFor<T extends object>(
  io: CommandIo,
  question: Question<T>,
  given: string | undefined,
): Promise<T> {
  const { flag, explains, asks, read } = question;
  if (given !== undefined) {
    const chosen = read(given.trim());
    if (typeof chosen === "string") throw new UsageError(`${flag} ${chosen}.`);
    return chosen;
  }
  if (!io.stdin.isTTY)
    throw new UsageError(`login needs ${flag}, because there is no terminal on which it could ask.`);
  print(io.stderr, ...explains.map((line) => `  ${line}`));
  for (;;) {
    // The question goes to standard error. Standard output contains only the settings, because it may go to a file or
    // program.
    const text = await ask({ ...io, stdout: io.stderr }, asks);
    if (text === "") {
      throw new AppError("CONFIRMATION_DECLINED", "You chose nothing, so no token was made.", {
        next: `Run login again, or give ${flag}.`,
      });
    }
    const chosen = read(text);
    if (typeof chosen !== "string") return chosen;
    print(io.stderr, `That ${chosen}.`);
  }
}
