import type { AuthInfo } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { SignedIn } from "../../domain/planning.ts";

const identity = z.object({
  signedIn: z.object({
    id: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    tenant: z.string().optional(),
  }),
});

/** What the sign-in says about the user, for the tools. The access token itself is left out. */
export function authInfoOf(
  signedIn: SignedIn,
  facts: { readonly clientId: string; readonly scopes: readonly string[]; readonly expiresAt: number },
): AuthInfo {
  return { ...facts, scopes: [...facts.scopes], token: "", extra: { signedIn } };
}

/** The signed-in user; null if the connection needs no sign-in. */
export function signedInBy(authInfo: AuthInfo | undefined): SignedIn | null {
  if (authInfo === undefined) return null;
  const { tenant, ...person } = identity.parse(authInfo.extra).signedIn;
  return tenant === undefined ? person : { ...person, tenant };
}
