// The forms that the values of settings must have, and the messages about wrong values. A message is shown after the
// name of the setting, for example "PORT must be ...". The text of `help` about the setting follows, so the message
// does not repeat that text. A message also never repeats a value that may be a secret.
import { isIP } from "node:net";
import { z } from "zod";
import { nearest } from "../domain/nearest.ts";
import { createSecret } from "./secret.ts";

const PRINTABLE = /^[\x21\x23-\x26\x28-\x3b\x3d\x3f-\x5b\x5d-\x7e]+$/;

/** A credential or id: printable ASCII without spaces, quotes, backslashes, `<` or `>` (as in `<your token>`). */
export const word = z
  .string()
  .max(4096, "is longer than 4096 characters; paste only the value")
  .regex(
    PRINTABLE,
    "has a space, a quote, a bracket or another character that such a value never has; paste only the value",
  );

export const secret = word.transform(createSecret);

/** A text from which an encryption key is made. It must be long, so that it cannot be guessed. */
export const storeKey = word
  .min(32, "is shorter than 32 characters; make one with `openssl rand -base64 32`")
  .transform(createSecret);

/**
 * The store's URL: a file, or a PostgreSQL database as `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, optionally with
 * `?sslmode=...`.
 */
export const storeUrl = z
  .string()
  .refine(
    (text) => /^sqlite:(?!\/\/).+$/s.test(text) || isPostgresUrl(text),
    "is not the address of a store; special characters of a password must be percent-encoded, for example %40 for @",
  );

function isPostgresUrl(text: string): boolean {
  return (
    /^postgres(ql)?:\/\/[^/]/.test(text) && URL.canParse(text) && /^\/[^/]+$/.test(new URL(text).pathname)
  );
}

/** The URL of a webhook: https, or http on this machine. The URL is a secret, because its query may contain a key. */
export const webhook = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  if (url && isSafe) return createSecret(url.href);
  context.addIssue({ code: "custom", message: "must be an address that starts with https://" });
  return z.NEVER;
});

/**
 * The URL of a collector for traces. http is allowed, because it is common in internal networks. A slash at the end is
 * removed.
 */
export const collector = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain = url && !url.username && !url.password && !url.search && !url.hash;
  if (isPlain && /^https?:$/.test(url.protocol)) return url.href.replace(/\/+$/, "");
  context.addIssue({
    code: "custom",
    message: "must be an address such as https://collector.example.com:4318, without a user name or a query",
  });
  return z.NEVER;
});

/**
 * HTTP headers as `NAME=VALUE,NAME=VALUE`. Special characters in a value are percent-encoded. The text is a secret,
 * because a header may contain a key.
 */
export const headers = z.string().transform((text, context) => {
  if (readHeaders(text) !== null) return createSecret(text);
  context.addIssue({ code: "custom", message: "is not a list of headers" });
  return z.NEVER;
});

/** The headers in a text `NAME=VALUE,NAME=VALUE`, by name; null if the text has another form. */
export function readHeaders(text: string): Readonly<Record<string, string>> | null {
  const found: Record<string, string> = {};
  for (const pair of text.split(",")) {
    const [, name, value] = /^\s*([\w!#$%&'*+.^`|~-]+)=([\x20-\x7e]+?)\s*$/.exec(pair) ?? [];
    if (name === undefined || value === undefined) return null;
    try {
      found[name] = decodeURIComponent(value);
    } catch {
      return null;
    }
  }
  return found;
}

export const flag = z
  .string()
  .toLowerCase()
  .transform((text, context) => {
    if (["true", "1", "yes", "on"].includes(text)) return true;
    if (["false", "0", "no", "off"].includes(text)) return false;
    context.addIssue({ code: "custom", message: "must be true or false" });
    return z.NEVER;
  });

/** A TCP port. 0 means that the operating system chooses a free port. */
export const port = z
  .string()
  .regex(/^\d{1,5}$/, "must be a whole number from 0 to 65535")
  .transform(Number)
  .refine((number) => number <= 65_535, "must be a whole number from 0 to 65535");

/** The format of a setting whose value is a whole number from 1 to `most`. */
export const count = (most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from 1 to ${most}`)
    .transform(Number)
    .refine((number) => number >= 1 && number <= most, `must be a whole number from 1 to ${most}`);

export const host = z
  .string()
  .regex(/^[A-Za-z0-9.:_-]+$/, "must be an IP address or a host name, without a port or http://");

/** The format of a setting whose value is one word of `values`. */
export function oneOf<const T extends string>(values: readonly T[]) {
  return z.enum(values, {
    error: ({ input }) => {
      const typed = shown(input);
      const meant = typed === null ? null : nearest(typed, values);
      return `cannot be ${typed ?? "this value"}${meant === null ? "" : ` (did you mean ${meant}?)`}`;
    },
  });
}

/**
 * The value if a message may show it: a short word without digits. A secret is longer or has digits. null for every
 * other value.
 */
function shown(value: unknown): string | null {
  return typeof value === "string" && /^[A-Za-z_-]{1,20}$/.test(value) ? value : null;
}

/**
 * The URL of an OAuth issuer, exactly as the issuer writes it in its tokens. Even a slash at the end makes a
 * difference.
 */
export const issuer = z.string().superRefine((text, context) => {
  const { error } = baseUrl.safeParse(text);
  for (const { message } of error?.issues ?? []) context.addIssue({ code: "custom", message });
});

/** The origin of a web page, for example `https://app.example.com`. */
export const origin = z
  .string()
  .toLowerCase()
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    "must be origins such as https://app.example.com, without a path",
  );

/** The IP address of a proxy, a subnet of proxies, or the word `loopback`. */
export const proxy = z.string().refine((text) => {
  const [address = "", bits, ...more] = text.split("/");
  const most = isIP(address) === 6 ? 128 : 32;
  const isSubnet =
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= most);
  return text === "loopback" || (isIP(address) !== 0 && more.length === 0 && isSubnet);
}, "must be IP addresses, subnets such as 10.0.0.0/8, or loopback");

/** A list separated by commas. Repeated entries are dropped. `item` checks each entry. */
export function list<T extends string>(item: z.ZodType<T, string>) {
  return z
    .string()
    .transform((text) => [
      ...new Set(
        text
          .split(",")
          .map((part) => part.trim())
          .filter((part) => part !== ""),
      ),
    ])
    .pipe(z.array(z.string()).min(1, "must have at least one entry"))
    .transform((entries, context) => {
      const read = entries.map((entry) => item.safeParse(entry));
      const wrong = read.flatMap(({ error }, at) => (error ? [{ at, error, entry: entries[at] }] : []));
      const [first] = wrong;
      if (first === undefined) return read.flatMap(({ data }) => (data === undefined ? [] : [data]));
      const names = wrong.map(({ at, entry }) => shown(entry) ?? `entry ${at + 1}`);
      context.addIssue({ code: "custom", message: listMessage(first.error.issues[0]?.message, names) });
      return z.NEVER;
    });
}

/**
 * The message about the wrong entries of a list. It is the message about the first wrong entry, followed by all wrong
 * entries. If only one entry is wrong and the message already names it, nothing follows.
 */
function listMessage(message = "has a wrong entry", wrong: readonly string[]): string {
  return wrong.length === 1 && message.startsWith(`cannot be ${wrong[0]}`)
    ? message
    : `${message}; wrong: ${wrong.join(", ")}`;
}

/** Ids of workspaces. */
export const idList = list(
  z
    .string()
    .toLowerCase()
    .regex(
      /^[0-9a-f]{24}$/,
      "must be workspace ids of 24 hexadecimal characters; slugs are not accepted, because they can be renamed",
    ),
);

/**
 * Whether a host name or address can be reached only from this machine (RFC 1122 3.2.1.3, RFC 4291 2.5.3, RFC 6761
 * 6.3).
 */
export function isLoopback(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  return (
    bare === "localhost" || bare.endsWith(".localhost") || bare === "::1" || /^127(\.\d{1,3}){3}$/.test(bare)
  );
}

/**
 * An https URL, or an http URL on this machine, without credentials, query or fragment. A slash at the end is removed.
 */
export const baseUrl = z.string().transform((text, context) => {
  const refuse = (message: string): never => {
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  };
  if (!URL.canParse(text)) return refuse("must be an address such as https://example.com/path");
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return refuse("must start with https://");
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    return refuse("must start with https:// (http:// is accepted for this machine's loopback address only)");
  }
  if (url.username || url.password) return refuse("must not contain a user name or password");
  if (url.search || url.hash) return refuse("must not contain a query or a fragment");
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
});
