import type { AuthInfo } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { SignedIn } from "../../domain/planning.ts";

const identity = z.object({
  signedIn: z.object({ id: z.string(), name: z.string(), email: z.string().nullable() }),
});

/**
 * What the authorization in front of MCP passes on about the person who signed in. The access token itself is left out.
 */
export function authInfoOf(
  signedIn: SignedIn,
  facts: { readonly clientId: string; readonly scopes: readonly string[]; readonly expiresAt: number },
): AuthInfo {
  return { ...facts, scopes: [...facts.scopes], token: "", extra: { signedIn } };
}

/** The person who signed in; null if the transport does not ask for one. */
export function signedInBy(authInfo: AuthInfo | undefined): SignedIn | null {
  return authInfo === undefined ? null : identity.parse(authInfo.extra).signedIn;
}
