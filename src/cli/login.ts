import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import type { Ledger } from "../domain/budget.ts";
import { sentenceOf, toAppError } from "../domain/error.ts";
import { createOAuthFlow, type TokenPair } from "../gateway/trello/login.ts";
import { openLedger } from "../store/ledger.ts";
import { openBrowser } from "./support/browser.ts";
import { type Choices, choose } from "./login/choices.ts";
import { type Granted, tryToken } from "./login/granted.ts";
import { signInByOAuth2 } from "./login/oauth2.ts";
import { obtainToken } from "./login/obtain-token.ts";
import { recordSignIn } from "./login/record.ts";
import { appSettings, type AppSettings, reserveFile } from "./login/settings.ts";
import { type Command, type CommandIo, print, UsageError } from "./support/command.ts";
import { clock } from "./support/product.ts";
import { configure, readFlags } from "./support/settings.ts";

/**
 * Gets access to Trello: by a sign-in with OAuth 2.0, if the OAuth 2.0 client id is set or --oauth2 is given; otherwise
 * by a token of OAuth 1.0. Standard output contains only the two settings of the token, or nothing with --write-env.
 * All other messages go to standard error.
 */
export const run: Command = async (io) => {
  const { values, settings } = readFlags("login", io.args);
  if (values.oauth2 || !!(settings.TRELLO_OAUTH2_CLIENT_ID ?? io.env["TRELLO_OAUTH2_CLIENT_ID"]?.trim())) {
    const foreign = ONLY_OAUTH1.find((flag) => values[flag] !== undefined);
    if (foreign !== undefined)
      throw new UsageError(
        `--${foreign} works only with OAuth 1.0. This command signs in by OAuth 2.0: the sign-in is kept in the store, and its scopes follow from the toolsets. Leave the flag out.`,
      );
    assertPort(values.port);
    return await signInByOAuth2(io, await configure(io, settings, { trello: false }), values);
  }
  const other = ONLY_OAUTH2.find((flag) => values[flag] !== undefined);
  if (other !== undefined)
    throw new UsageError(`--${other} works only with OAuth 2.0. Add --oauth2, or leave the flag out.`);
  const path = values["write-env"];
  assertPort(values.port);
  if (values.force && path === undefined) throw new UsageError("--force needs --write-env FILE.");
  const app = appSettings(io.env, settings);
  const port = Number(values.port ?? app.loginPort);
  const choices = await choose(io, { scopes: values.scopes, expiry: values.expiry });
  const file =
    path === undefined
      ? null
      : await reserveFile(
          resolve(io.machine.folder, path),
          values.force ?? false,
          randomBytes(6).toString("hex"),
        );
  const ledger = await openLedger(":memory:", clock.monotonic);
  try {
    const token = await login(io, app, ledger, choices, { port, open: values.open ?? false });
    const lines = [`TRELLO_API_TOKEN=${token.token}`, `TRELLO_TOKEN_SECRET=${token.secret}`];
    // The token is written to the file before anything else, so that a later error cannot lose it.
    if (file) await file.write(`${lines.join("\n")}\n`);
    else print(io.stdout, ...lines);
    const granted = await tellResult(io, app, ledger, token, path);
    // Opening the audit log needs complete settings, and `settings` does not contain the new token yet. So the token is
    // added before the sign-in is recorded.
    const complete = { ...settings, TRELLO_API_TOKEN: token.token, TRELLO_TOKEN_SECRET: token.secret };
    await recordSignIn(io, complete, granted);
    return 0;
  } finally {
    ledger.close();
    await file?.discard();
  }
};

const ONLY_OAUTH1 = ["scopes", "expiry", "write-env", "force"] as const;
const ONLY_OAUTH2 = ["paste", "callback"] as const;

function assertPort(text = "0"): void {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new UsageError("--port takes a whole number from 0 to 65535.");
}

async function login(
  io: CommandIo,
  app: AppSettings,
  ledger: Ledger,
  choices: Choices,
  how: { readonly port: number; readonly open: boolean },
): Promise<TokenPair> {
  const flow = createOAuthFlow({
    apiBaseUrl: app.apiBaseUrl,
    apiKey: app.apiKey.reveal(),
    apiSecret: app.apiSecret.reveal(),
    ledger,
    clock,
    random: Math.random,
    signal: io.stop,
  });
  const show = (url: URL, callbackUrl: string): void => {
    print(
      io.stderr,
      "Open this address in a browser on this machine, signed in to Trello as the token's future owner, and decide",
      "within ten minutes:",
      "",
      `  ${url.href}`,
      "",
      // The text says what to do if Trello shows "Invalid return_url". Users of other clients reported that Trello
      // shows this if the API key does not allow the origin of the URL. An origin contains the port, and Trello does
      // not document whether the port matters.
      `If Trello says "Invalid return_url", add ${new URL(callbackUrl).origin} to the allowed origins of your API key`,
      how.port === 0
        ? "(https://trello.com/power-ups/admin) and run login again with --port and that port."
        : "(https://trello.com/power-ups/admin), run login again, and open the new address.",
    );
    if (how.open) void openOrSay(url, io);
  };
  const state = randomBytes(16).toString("hex");
  try {
    const deps = { flow, port: how.port, state, clock, stop: io.stop, show };
    return await obtainToken(deps, { name: "trello-identity-mcp", ...choices });
  } finally {
    await flow.close();
  }
}

async function openOrSay(url: URL, io: CommandIo): Promise<void> {
  if (!(await openBrowser(url, io))) {
    print(io.stderr, "No browser could be started; open the address yourself.");
  }
}

async function tellResult(
  io: CommandIo,
  app: AppSettings,
  ledger: Ledger,
  token: TokenPair,
  path: string | undefined,
): Promise<Granted | null> {
  let granted: Granted | null = null;
  let text: string;
  try {
    granted = await tryToken(app, token, ledger);
    ({ text } = granted);
  } catch (thrown) {
    text = `The token was made, but using it failed: ${sentenceOf(toAppError(thrown))}`;
  }
  print(
    io.stderr,
    text,
    path === undefined
      ? "Set these two settings, and TRELLO_API_KEY and TRELLO_API_SECRET, and restart the server; every request is then signed."
      : `Wrote TRELLO_API_TOKEN and TRELLO_TOKEN_SECRET to ${path}, which only you can read. Set them, and TRELLO_API_KEY and TRELLO_API_SECRET, and restart the server.`,
    "An older token still works until it expires or is revoked in the settings of its Trello account.",
  );
  return granted;
}
