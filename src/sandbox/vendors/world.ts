/** The data of the emulated identity providers: one list of people, which each vendor shows in its own form. */
import { createECDH, createHash, createPrivateKey, createPublicKey } from "node:crypto";
import type { AtlassianAccount } from "../atlassian/world.ts";
import { type ApplicationName, type ApplicationWorld, seedApplications } from "./application-world.ts";

export const VENDOR_NAMES = ["okta", "entra", "google", "onelogin", "other-scim"] as const;
export type VendorName = (typeof VENDOR_NAMES)[number];

/** A person at every vendor, as plain data, so that a test can make thousands. */
export interface VendorPerson {
  readonly id: string;
  email: string | null;
  /** The sign-in name. It need not be an email address. */
  login: string;
  aliases: readonly string[];
  /** A private address. */
  secondEmail: string | null;
  name: string;
  department: string | null;
  /** The id of the manager. */
  manager: string | null;
  /** The last sign-in, ISO 8601; null if the person never signed in. */
  lastSignIn: string | null;
  state: "active" | "not_yet" | "blocked" | "gone";
  /** For some vendors: their own word for the person's status, which they show instead of the usual word. */
  words?: Partial<Record<VendorName, string>>;
  guest?: boolean;
}

export interface VendorsWorld {
  readonly people: VendorPerson[];
  /** How many requests a minute each vendor allows, and the times of the latest requests. */
  readonly limits: Map<VendorName, { max: number; starts: number[] }>;
  /** The access tokens. For each token: its vendor, its scopes, and when it expires (milliseconds since 1970). */
  readonly tokens: Map<
    string,
    { readonly vendor: VendorName; readonly scopes: readonly string[]; until: number }
  >;
  /** The most users on a page, even if a request asks for more. If missing, the limit that each vendor documents. */
  pageSize?: number;
  /**
   * Rights that the vendor's administrator has not given to the app of this MCP server. Requests that need such a right
   * are refused.
   */
  readonly missing: Set<"users" | "sign_ins" | "delegation">;
  /** True if the tenant has a licence for Entra ID P1 or P2. */
  premium: boolean;
  /** The Okta app demands DPoP proofs. */
  dpop: boolean;
  /** The ways in which the emulated SCIM server of an unnamed vendor differs from the standard. */
  scim: {
    ignoresStartIndex?: boolean;
    totalResults?: number;
    hidesActive?: boolean;
    activeAsText?: boolean;
    /** True if only a request with both startIndex and count gets users. Any other request gets an empty list. */
    needsBoth?: boolean;
  };
  /** Applications with users of their own. */
  readonly applications: Map<ApplicationName, ApplicationWorld>;
  /** The key pair that the Okta app and Google's service account both use. */
  readonly keys: { readonly publicPem: string; readonly privatePem: string };
}

/** Credentials of the seeded vendors. */
export const VENDOR_SEED = {
  oktaToken: "00sandboxOktaToken-0123456789abcdef",
  clientId: "sandbox-client",
  clientSecret: "sandbox-client-secret-0123456789",
  keyId: "sandbox-key",
  tenant: "sandbox.example",
  serviceAccount: "rosters@sandbox.iam.gserviceaccount.com",
  googleAdmin: "admin@sandbox.example",
  scimToken: "sandbox-other-scim-token",
} as const;

/**
 * How many requests a minute each vendor allows: the published number (Okta, Google), or a number that no test reaches.
 */
const LIMITS: Readonly<Record<VendorName, number>> = {
  okta: 600,
  entra: 10_000,
  google: 2_400,
  onelogin: 5_000,
  "other-scim": 10_000,
};

/** Makes the vendors' data. Their users are the people of the company's managed Atlassian accounts. */
export function seedVendors(accounts: Iterable<AtlassianAccount>, now: number): VendorsWorld {
  const people = [...accounts]
    .filter(({ managed, type = "atlassian" }) => managed && type === "atlassian")
    .map(
      ({ id, name, email, status, membership }, index): VendorPerson => ({
        id: `00u${id.replace(/[^A-Za-z0-9]/g, "").slice(-17)}`,
        email,
        login: email,
        aliases: [],
        secondEmail: null,
        name,
        department: DEPARTMENTS[index % DEPARTMENTS.length] ?? null,
        manager: null,
        lastSignIn: new Date(now - (1 + (index % 40)) * 86_400_000).toISOString(),
        state: status === "active" && membership === "active" ? "active" : "blocked",
      }),
    );
  return {
    people,
    limits: new Map(VENDOR_NAMES.map((vendor) => [vendor, { max: LIMITS[vendor], starts: [] }])),
    tokens: new Map(),
    missing: new Set(),
    premium: true,
    dpop: false,
    scim: {},
    applications: seedApplications(people),
    keys: seedKeys(),
  };
}

/** Keys that are made from a fixed word, so that they are always the same. They protect nothing. */
function seedKeys(): VendorsWorld["keys"] {
  const curve = createECDH("prime256v1");
  curve.setPrivateKey(createHash("sha256").update("sandbox vendors").digest());
  const point = curve.getPublicKey();
  const part = (from: number, to: number) => point.subarray(from, to).toString("base64url");
  const jwk = { kty: "EC", crv: "P-256", x: part(1, 33), y: part(33, 65) };
  const privateKey = createPrivateKey({
    key: { ...jwk, d: curve.getPrivateKey("base64url") },
    format: "jwk",
  });
  return {
    publicPem: createPublicKey(privateKey).export({ type: "spki", format: "pem" }).toString(),
    privatePem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

const DEPARTMENTS = ["Engineering", "Operations", "Design", "Sales"];
