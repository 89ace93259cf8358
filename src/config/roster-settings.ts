// The settings of each kind of roster in the connections file. This code is loaded only if there is a connections file.
import { z } from "zod";
import {
  ROSTER_SOURCES,
  type RosterConnection,
  type RosterLogin,
  type RosterWants,
} from "../domain/roster.ts";
import { baseUrl } from "./formats.ts";
import type { Secret } from "./secret.ts";

/**
 * Where a secret is: in an environment variable or in a file. The connections file never contains the secret itself.
 */
export interface SecretRef {
  readonly from: "env" | "file";
  readonly name: string;
}

/** `env:NAME` or `file:PATH`. */
export const secretRef = z
  .string({ error: "must be env:NAME or file:PATH" })
  .trim()
  .transform((text, context): SecretRef => {
    const [, from, name] = /^(env|file):(.+)$/s.exec(text) ?? [];
    const refuse = (message: string): never => {
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    };
    // The error message does not repeat the value, because a user may have written the secret itself here by mistake.
    if (name === undefined)
      return refuse(
        "must not be the secret itself, but env:NAME or file:PATH. If the secret was in this file, make a new secret",
      );
    if (from === "file") return { from, name };
    if (!/^[A-Za-z_]\w*$/.test(name)) return refuse("must be env: and the name of an environment variable");
    if (/^identity_/i.test(name))
      return refuse("must name a variable that does not begin with IDENTITY_, because those are settings");
    return { from: "env", name };
  });

export const text = z.string({ error: "must be text; put it in quotes" }).trim().min(1, "must not be empty");
export const address = z.string({ error: "must be an address" }).pipe(baseUrl);
export const yes = z.boolean({ error: "must be true or false" });

const GRAPH = "https://graph.microsoft.com/v1.0";
const ENTRA_LOGIN = "https://login.microsoftonline.com";
const GOOGLE = "https://admin.googleapis.com";
const GOOGLE_TOKEN = "https://oauth2.googleapis.com/token";
const GOOGLE_SCOPE = "https://www.googleapis.com/auth/admin.directory.user.readonly";

const schedule = z
  .string({ error: 'must be a time of day in quotes, for example "06:30"' })
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time of day in UTC, for example 06:30")
  .optional();

/** The settings of each kind of source, such as Okta. */
const ROSTER_FORMS = {
  okta: z.strictObject({
    source: z.literal("okta"),
    schedule,
    base: address,
    token: secretRef.optional(),
    client_id: text.optional(),
    private_key: secretRef.optional(),
    key_id: text.optional(),
  }),
  entra: z.strictObject({
    source: z.literal("entra"),
    schedule,
    tenant: text.regex(/^[\w.-]+$/, "must be the tenant's id or one of its domains"),
    client_id: text,
    client_secret: secretRef,
    sign_ins: yes.default(false),
    base: address.default(GRAPH),
    token_url: address.optional(),
  }),
  google: z.strictObject({
    source: z.literal("google"),
    schedule,
    service_account: secretRef,
    admin: text.regex(/^[^\s@]+@[^\s@]+$/, "must be the email of an administrator"),
    customer: text.optional(),
    domain: text.optional(),
    base: address.default(GOOGLE),
    token_url: address.default(GOOGLE_TOKEN),
  }),
  onelogin: z.strictObject({
    source: z.literal("onelogin"),
    schedule,
    base: address,
    client_id: text,
    client_secret: secretRef,
  }),
  scim: z.strictObject({ source: z.literal("scim"), schedule, base: address, token: secretRef }),
};
type RosterForm = z.output<(typeof ROSTER_FORMS)[keyof typeof ROSTER_FORMS]>;

/** One roster in the connections file, with the settings of its source. */
export const rosterForm = z
  .discriminatedUnion(
    "source",
    [ROSTER_FORMS.okta, ROSTER_FORMS.entra, ROSTER_FORMS.google, ROSTER_FORMS.onelogin, ROSTER_FORMS.scim],
    { error: `must have a source, which is one of ${ROSTER_SOURCES.join(", ")}` },
  )
  .superRefine((form, context) => {
    const refuse = (key: string, message: string) =>
      context.addIssue({ code: "custom", path: [key], message });
    if (form.source === "okta") {
      if (form.token !== undefined) {
        for (const key of ["client_id", "private_key", "key_id"] as const)
          if (form[key] !== undefined)
            refuse(key, "has no effect together with `token`; remove one of the two lines");
      } else if (form.private_key === undefined || form.client_id === undefined)
        refuse("source", "needs client_id and private_key, or token");
    }
    if (form.source === "google" && form.customer !== undefined && form.domain !== undefined)
      refuse("domain", "has no effect together with `customer`; remove one of the two lines");
  });

/**
 * Makes the connection to a roster's source from its entry in the connections file. `secret` returns the secret to
 * which a setting refers.
 */
export function connectionOf(
  name: string,
  form: RosterForm,
  secret: (key: string) => Secret,
): RosterConnection {
  return {
    name,
    source: form.source,
    baseUrl: form.base,
    wants: wantsOf(form),
    ...(form.schedule !== undefined && { schedule: form.schedule }),
    login: loginOf(form, secret),
  };
}

function wantsOf(form: RosterForm): RosterWants {
  if (form.source === "entra") return { signIns: form.sign_ins };
  if (form.source !== "google") return {};
  const { customer, domain } = form;
  return { ...(customer !== undefined && { customer }), ...(domain !== undefined && { domain }) };
}

function loginOf(form: RosterForm, secret: (key: string) => Secret): RosterLogin {
  if (form.source === "scim") return { kind: "token", scheme: "Bearer", token: secret("token") };
  if (form.source === "google") {
    const { token_url: tokenUrl, admin: subject } = form;
    return {
      kind: "service_account",
      tokenUrl,
      key: secret("service_account"),
      subject,
      scope: GOOGLE_SCOPE,
    };
  }
  if (form.source === "okta") {
    if (form.client_id === undefined) return { kind: "token", scheme: "SSWS", token: secret("token") };
    return {
      kind: "private_key",
      tokenUrl: `${form.base}/oauth2/v1/token`,
      clientId: form.client_id,
      privateKey: secret("private_key"),
      keyId: form.key_id ?? null,
      scope: "okta.users.read",
    };
  }
  const tokenUrl =
    form.source === "onelogin"
      ? `${form.base}/auth/oauth2/v2/token`
      : (form.token_url ?? `${ENTRA_LOGIN}/${form.tenant}/oauth2/v2.0/token`);
  const scope = form.source === "onelogin" ? null : `${new URL(form.base).origin}/.default`;
  return {
    kind: "client_secret",
    tokenUrl,
    clientId: form.client_id,
    clientSecret: secret("client_secret"),
    scope,
    isBasic: form.source === "onelogin",
  };
}
