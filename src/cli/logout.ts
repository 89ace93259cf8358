import { userInfo } from "node:os";
import { AppError } from "../domain/error.ts";
import { revokeToken } from "../gateway/trello/revoke.ts";
import { createSignInFlow } from "../gateway/trello/sign-in.ts";
import type { Config } from "../config/config.ts";
import { type Command, type CommandIo, print } from "./support/command.ts";
import { clock, wireStore } from "./support/product.ts";
import type { TrelloCredentials } from "../gateway/http/authorization.ts";
import type { Store } from "../store/store.ts";
import { trelloAlone } from "./login/granted.ts";
import { grantsOf, requireOAuth2 } from "./support/sign-ins.ts";
import { configure, readFlags } from "./support/settings.ts";

const WHERE = "https://trello.com/u/USERNAME/account, with your username";

/**
 * Ends the access to Trello. A sign-in by OAuth 2.0 is deleted from the store, and Atlassian is asked to revoke it. A
 * token of OAuth 1.0 is revoked at Trello; the user must remove it from the settings.
 */
export const run: Command = async (io) => {
  const { settings } = readFlags("logout", io.args);
  const config = await configure(io, settings, { trello: false });
  if (config.oauth2) return await forgetSignIn(io, config);
  if (config.trello) return await revokeKeyAndToken(io, config, config.trello);
  throw new AppError(
    "CONFIG_INVALID",
    "Neither TRELLO_OAUTH2_CLIENT_ID nor TRELLO_API_TOKEN is set, so there is no sign-in and no token to end.",
    {
      next: "Run logout with the settings of the server.",
    },
  );
};

async function forgetSignIn(io: CommandIo, config: Config): Promise<number> {
  const store = await wireStore(config);
  const flow = createSignInFlow(requireOAuth2(config));
  try {
    const gone = await grantsOf(config, store).forget();
    if (gone === null) {
      print(io.stdout, "No one was signed in by OAuth 2.0. Nothing is stored.");
    } else {
      print(
        io.stdout,
        "The sign-in is removed from the store. Running servers that use it send no more requests after ten seconds.",
      );
      const { id, idMember, refreshToken } = gone;
      const isAccepted = refreshToken === null ? null : await flow.revoke(refreshToken);
      print(
        io.stdout,
        isAccepted === null
          ? "The key that encrypted the sign-in is missing, so Atlassian could not be asked to revoke the sign-in. It may still work."
          : isAccepted
            ? "Atlassian was asked to revoke the sign-in and answered without an error. This server cannot see whether it is revoked."
            : "Atlassian was asked to revoke the sign-in and refused, so the sign-in may still work.",
      );
      const asked = isAccepted === null ? "not asked" : isAccepted ? "accepted" : "refused";
      await recordSignOut(store, { principal: idMember, subject: id, way: "OAuth 2.0", revocation: asked });
    }
    print(io.stdout, `Check at ${WHERE}, and remove the app there if it is still listed.`);
    return 0;
  } finally {
    await flow.close();
    await store.close();
  }
}

/**
 * Records the sign-out in the audit log. The record is written last, so that a damaged log cannot prevent the sign-out.
 */
async function recordSignOut(
  { audit }: Pick<Store, "audit">,
  out: {
    readonly principal: string;
    readonly subject: string;
    readonly way: string;
    readonly revocation: string;
  },
): Promise<void> {
  const { principal, subject, way, revocation } = out;
  await audit.append({
    at: new Date(clock.now()).toISOString(),
    event: "sign_out",
    principal,
    client: "",
    tool: "logout",
    subject,
    facts: { way, by: userInfo().username, revocation },
  });
}

async function revokeKeyAndToken(
  io: CommandIo,
  config: Config,
  { baseUrl, ...secrets }: NonNullable<Config["trello"]>,
): Promise<number> {
  const store = await wireStore(config);
  try {
    const credentials = {
      apiKey: secrets.apiKey.reveal(),
      apiToken: secrets.apiToken.reveal(),
      apiSecret: secrets.apiSecret?.reveal(),
      tokenSecret: secrets.tokenSecret?.reveal(),
    };
    const owner = await ownerOf(baseUrl, credentials, store);
    const isGone = await revokeToken(baseUrl, credentials, { ...store, clock, random: Math.random });
    print(
      io.stdout,
      isGone
        ? "Trello no longer accepts the token."
        : `Trello was asked to revoke the token, but still accepts it. Revoke the token at ${WHERE}.`,
      "Remove TRELLO_API_TOKEN and TRELLO_TOKEN_SECRET from your settings, because this command cannot change your settings.",
      ...(isGone ? [`Other tokens of the account are listed at ${WHERE}.`] : []),
    );
    await recordSignOut(store, {
      principal: owner,
      subject: "",
      way: credentials.tokenSecret === undefined ? "key and token" : "OAuth 1.0",
      revocation: isGone ? "token refused afterwards" : "token still accepted",
    });
    return isGone ? 0 : 1;
  } finally {
    await store.close();
  }
}

/**
 * The id of the account that owns the token. It is read before the token is revoked; "unknown" if it cannot be read.
 */
async function ownerOf(
  baseUrl: string,
  credentials: TrelloCredentials,
  { ledger }: Pick<Store, "ledger">,
): Promise<string> {
  const gateway = trelloAlone({ baseUrl, ...credentials }, ledger);
  try {
    return (await gateway.reads({ priority: "interactive" }).trello.me()).id;
  } catch {
    return "unknown";
  } finally {
    await gateway.close();
  }
}
