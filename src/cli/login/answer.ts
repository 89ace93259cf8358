import { AppError } from "../../domain/error.ts";
import { type CommandIo, print, UsageError } from "../support/command.ts";
import { clock } from "../support/product.ts";
import { ask } from "../support/terminal.ts";
import { listenForBrowser } from "./callback.ts";
import { inTime } from "./obtain-token.ts";

/** The callback URL, to which the browser comes back after the decision at Trello. */
export interface CallbackPlace {
  /** The callback URL, written exactly as in the settings of the Trello app. */
  readonly redirectUrl: string;
  /**
   * Whether this command itself can receive Trello's answer at the callback URL. If not, the user pastes the URL with
   * the answer.
   */
  readonly listens: boolean;
}

/**
 * The callback URL, made from the flags and settings. Its port is fixed, because Trello must know the URL before the
 * login.
 */
export function callbackPlace(
  flags: { readonly port?: string; readonly callback?: string; readonly paste?: boolean },
  loginPort: number,
): CallbackPlace {
  const port = Number(flags.port ?? loginPort);
  const { callback = `http://127.0.0.1:${port}/callback`, paste = false } = flags;
  if (port === 0)
    throw new UsageError(
      "--port cannot be 0 for OAuth 2.0, because the app must list the exact callback address. Give a port number.",
    );
  const url = URL.canParse(callback) ? new URL(callback) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "")
    throw new UsageError(
      "--callback needs a whole address that the app lists at Trello, such as https://localhost/callback.",
    );
  const isHere =
    /^(127\.0\.0\.1|localhost)$/.test(url.hostname) && url.protocol === "http:" && url.port !== "";
  return { redirectUrl: callback, listens: isHere && !paste };
}

interface Answer {
  readonly code: string | null;
}

const AGAIN = "Run the `login` command again";

/**
 * Waits for the authorization code. The browser brings it, or the user pastes it.
 * - CONFIRMATION_DECLINED: the user refused the access, or stopped the login.
 * - CONFIRMATION_EXPIRED: there was no decision within ten minutes.
 */
export async function askForCode(
  io: CommandIo,
  state: string,
  { redirectUrl, listens }: CallbackPlace,
  show: () => void,
): Promise<string> {
  const read = ({ searchParams }: URL): Answer | null =>
    searchParams.get("state") === state ? { code: searchParams.get("code") } : null;
  const { hostname: host, port, pathname: path } = new URL(redirectUrl);
  const callback = listens ? await listenForBrowser({ host, port: Number(port), path }, read) : null;
  const done = new AbortController();
  try {
    show();
    const stop = AbortSignal.any([io.stop, done.signal]);
    const typed = !callback || io.stdin.isTTY ? pasted({ ...io, stop }, read, callback !== null) : null;
    const answers = [callback?.answer, typed].filter((each) => !!each);
    const { code } = await inTime(Promise.race(answers), { clock, stop: io.stop }, LATE);
    if (code !== null) return code;
    throw new AppError("CONFIRMATION_DECLINED", "Access was not given at Trello, so no one is signed in.", {
      next: `${AGAIN} and accept. If Trello showed an error, check that the app lists the callback address and the scopes, and that its id and secret are right.`,
    });
  } finally {
    done.abort();
    await callback?.close();
  }
}

const LATE = `${AGAIN}. If Trello showed an error instead of the question, check that the app lists the callback address and the scopes.`;

/**
 * Asks the user for the URL, and returns the answer that is in it. `isOptional`: the user may paste nothing, because
 * the browser may bring the answer.
 */
async function pasted(
  io: CommandIo,
  read: (url: URL) => Answer | null,
  isOptional: boolean,
): Promise<Answer> {
  for (;;) {
    const text = await ask({ ...io, stdout: io.stderr }, isOptional ? "" : "Address: ");
    if (text === "" && isOptional) return await new Promise<never>(() => {});
    if (text === "")
      throw new AppError("CONFIRMATION_DECLINED", "No address was pasted, so no one is signed in.", {
        next: `${AGAIN}.`,
      });
    const url = URL.canParse(text) ? new URL(text) : new URL(`http://pasted/?${text.replace(/^\?/, "")}`);
    const answer = read(url);
    if (answer) return answer;
    print(
      io.stderr,
      "That address is not the answer to this login. Paste the whole address that the browser shows at the end.",
    );
  }
}
