import { randomBytes } from "node:crypto";
import { userInfo } from "node:os";
import type { Config } from "../../config/config.ts";
import { createSecret } from "../../config/secret.ts";
import {
  hasOAuth2Scope,
  OAUTH2_SCOPES,
  type OAuth2Scope,
  oauth2ScopesIn,
  OFFLINE_SCOPE,
  wireScope,
} from "../../domain/oauth2-scopes.ts";
import { clean } from "../../domain/text.ts";
import type { Member } from "../../domain/trello.ts";
import { createSignInFlow, type SignInTokens } from "../../gateway/trello/sign-in.ts";
import type { Store } from "../../store/store.ts";
import { openBrowser } from "../support/browser.ts";
import { type CommandIo, print } from "../support/command.ts";
import { clock, wireStore } from "../support/product.ts";
import { grantsOf, requireOAuth2 } from "../support/sign-ins.ts";
import { askForCode, type CallbackPlace, callbackPlace } from "./answer.ts";
import { trelloAlone } from "./granted.ts";
import { neededScopes } from "./needed-scopes.ts";

/**
 * Signs in to Trello by OAuth 2.0 and stores the sign-in, encrypted. Running servers use the new sign-in at once.
 * Nothing is written to standard output.
 */
export async function signInByOAuth2(
  io: CommandIo,
  config: Config,
  flags: Parameters<typeof callbackPlace>[0] & { readonly open?: boolean },
): Promise<number> {
  const client = requireOAuth2(config);
  const place = callbackPlace(flags, config.loginPort);
  const wanted = neededScopes(config);
  const store = await wireStore(config);
  const flow = createSignInFlow(client);
  try {
    // The key for encryption is read or made before the user is asked. If this fails, the command ends before the user
    // signs in.
    const grants = grantsOf(config, store);
    const asked = [...wanted.map(wireScope), OFFLINE_SCOPE];
    const code = await askForCode(io, flow.state, place, () => {
      const url = flow.authorizeUrl(place.redirectUrl, asked);
      showQuestion(io, url, { place, wanted, toolsets: config.toolsets });
      if (flags.open) void openOrSay(url, io);
    });
    const tokens = await flow.exchange(code, place.redirectUrl);
    const scopes = tokens.scopes ?? asked;
    const me = await ownerOf(config, store, { ...tokens, scopes });
    const id = randomBytes(12).toString("hex");
    const replaced = await grants.signIn(
      { id, idMember: me.id, by: userInfo().username },
      { ...tokens, scopes },
      nowIso(),
    );
    tellResult(io, { me, wanted, scopes, isOther: replaced !== null && replaced !== me.id });
    return 0;
  } finally {
    await flow.close();
    await store.close();
  }
}

const nowIso = () => new Date(clock.now()).toISOString();

/**
 * Reads to which Trello account the new sign-in belongs. This is read before the new sign-in replaces the old sign-in
 * in the store.
 */
async function ownerOf(
  config: Config,
  { ledger }: Pick<Store, "ledger">,
  tokens: SignInTokens & { readonly scopes: readonly string[] },
): Promise<Member> {
  const client = requireOAuth2(config);
  const trial = await wireStore({ ...config, storeUrl: createSecret("sqlite::memory:") });
  const grants = trial.grants(client.clientId, randomBytes(32).toString("hex"));
  await grants.signIn({ id: "trial", idMember: "", by: "" }, tokens, nowIso());
  const gateway = trelloAlone(
    { baseUrl: client.apiBaseUrl, oauth2: { ...client, grants, holder: "login" } },
    ledger,
  );
  try {
    return await gateway.reads({ priority: "interactive" }).trello.me();
  } finally {
    await gateway.close();
    await trial.close();
  }
}

function showQuestion(
  io: CommandIo,
  url: URL,
  about: {
    readonly place: CallbackPlace;
    readonly wanted: readonly OAuth2Scope[];
    readonly toolsets: readonly string[];
  },
): void {
  const { place, wanted, toolsets } = about;
  print(
    io.stderr,
    "The app's OAuth 2.0 page (https://trello.com/apps/admin) must list this callback address, character by character:",
    "",
    `  ${place.redirectUrl}`,
    "",
    `and have these scopes enabled, which the toolsets ${toolsets.join(", ")} need:`,
    "",
    ...wanted.map((scope) => `  ${scope.padEnd(32)}${OAUTH2_SCOPES[scope]}`),
    "",
    "Open this address in a browser that is signed in to Trello as the account for the server, and allow",
    "the access within ten minutes:",
    "",
    `  ${url.href}`,
    "",
  );
  if (!place.listens)
    print(
      io.stderr,
      "Afterwards the browser goes to the callback address, which may show an error. Paste the whole address from its",
      "address bar here.",
    );
  else if (io.stdin.isTTY)
    print(
      io.stderr,
      "If the browser runs on another machine, it cannot open the last page of the sign-in: paste the whole address of that page here.",
    );
}

async function openOrSay(url: URL, io: CommandIo): Promise<void> {
  if (!(await openBrowser(url, io))) {
    print(io.stderr, "No browser could be started; open the address yourself.");
  }
}

function tellResult(
  io: CommandIo,
  found: {
    readonly me: Member;
    readonly wanted: readonly OAuth2Scope[];
    readonly scopes: readonly string[];
    /** Whether the old sign-in belonged to an account other than the new one. */
    readonly isOther: boolean;
  },
): void {
  const { me, wanted, scopes, isOther } = found;
  const lacking = wanted.filter((scope) => !hasOAuth2Scope(scopes, scope));
  print(
    io.stderr,
    `Signed in as ${clean(me.fullName)} (@${clean(me.username)}), scopes ${oauth2ScopesIn(scopes).join(", ")}.`,
    "The sign-in is stored encrypted. It is renewed by itself, and ends after 90 days without use.",
    isOther
      ? "This sign-in replaces the sign-in of another account. Restart the running servers, so that they act and log as this account."
      : "Servers on this store use the new sign-in at once, and runs that waited for it continue.",
    ...(lacking.length > 0
      ? [
          `Not granted: ${lacking.join(", ")}. Tools that need these scopes will refuse. Enable the scopes for the app and run login again.`,
        ]
      : []),
  );
}
