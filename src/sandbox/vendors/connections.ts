/**
 * Makes a connections file for the sandbox's identity providers, and the environment variables that this file names.
 */
import { VENDOR_SEED, type VendorsWorld } from "./world.ts";

/**
 * The connections file as JSON, which is also YAML. `base`: the URL of the emulated vendors, for example
 * `http://127.0.0.1:8080/vendors`.
 */
export function connectionsFor(
  base: string,
  { keys, applications }: VendorsWorld,
): { readonly file: string; readonly env: Readonly<Record<string, string>> } {
  const { clientId: client_id, keyId, tenant, googleAdmin } = VENDOR_SEED;
  const rosters = {
    okta: {
      source: "okta",
      base: `${base}/okta`,
      client_id,
      key_id: keyId,
      private_key: "env:SANDBOX_PRIVATE_KEY",
    },
    entra: {
      source: "entra",
      tenant,
      client_id,
      client_secret: "env:SANDBOX_CLIENT_SECRET",
      sign_ins: true,
      base: `${base}/entra/v1.0`,
      token_url: `${base}/entra/${tenant}/oauth2/v2.0/token`,
    },
    google: {
      source: "google",
      admin: googleAdmin,
      service_account: "env:SANDBOX_SERVICE_ACCOUNT",
      base: `${base}/google`,
      token_url: `${base}/google/token`,
    },
    onelogin: {
      source: "onelogin",
      base: `${base}/onelogin`,
      client_id,
      client_secret: "env:SANDBOX_CLIENT_SECRET",
    },
    "other-scim": { source: "scim", base: `${base}/other-scim`, token: "env:SANDBOX_SCIM_TOKEN" },
  };
  const chat = { base: `${base}/applications/chat`, token: "env:SANDBOX_CHAT_TOKEN", write: true };
  const vault = {
    base: `${base}/applications/vault`,
    token: "env:SANDBOX_VAULT_TOKEN",
    write: true,
    filter: "none",
    paging: "cursor",
    patch: "no_path",
    active_as_text: true,
  };
  const serviceAccount = {
    type: "service_account",
    client_email: VENDOR_SEED.serviceAccount,
    private_key_id: keyId,
    private_key: keys.privatePem,
  };
  return {
    file: `${JSON.stringify({ rosters, directories: { chat, vault } }, null, 2)}\n`,
    env: {
      SANDBOX_PRIVATE_KEY: keys.privatePem,
      SANDBOX_CLIENT_SECRET: VENDOR_SEED.clientSecret,
      SANDBOX_SERVICE_ACCOUNT: JSON.stringify(serviceAccount),
      SANDBOX_SCIM_TOKEN: VENDOR_SEED.scimToken,
      SANDBOX_CHAT_TOKEN: applications.get("chat")?.token ?? "",
      SANDBOX_VAULT_TOKEN: applications.get("vault")?.token ?? "",
    },
  };
}
