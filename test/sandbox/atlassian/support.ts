/** A sandbox with a small Atlassian directory of known people, and a client that hides nothing of the replies. */
import { onTestFinished } from "vitest";
import { ATLASSIAN_SEED, seedAtlassian, stableId } from "../../../src/sandbox/atlassian/seed.ts";
import type { SeedPerson } from "../../../src/sandbox/atlassian/seed.ts";
import { seedWorld, startSandbox } from "../../../src/sandbox/index.ts";
import type { World } from "../../../src/sandbox/index.ts";

const START = Date.UTC(2026, 0, 15, 9);
export const SCIM = `/scim/directory/${ATLASSIAN_SEED.idDirectory}`;
export const ORG = `/admin/v2/orgs/${ATLASSIAN_SEED.idOrg}`;
export const DIRECTORY = `${ORG}/directories/${ATLASSIAN_SEED.idUserDirectory}`;

export const LENA: SeedPerson = {
  aaId: "712020:lena",
  name: "Lena Okafor",
  email: "lena.okafor@example.com",
  scim: true,
  products: ["jira-software", "confluence"],
  groups: ["engineering"],
};
export const MARCO: SeedPerson = {
  aaId: "712020:marco",
  name: "Marco Ruiz",
  email: "marco.ruiz@example.com",
  scim: true,
  products: ["trello"],
  groups: ["engineering", "design"],
};
/** Unknown to SCIM, on a domain that the organization does not own. */
export const CARLA: SeedPerson = {
  aaId: "712020:carla",
  name: "Carla Neumann",
  email: "carla@partner.example.net",
  scim: false,
  products: ["confluence"],
  groups: ["partners"],
};

export const idOf = (person: SeedPerson): string => stableId("user", person.aaId);
export const groupId = (name: string): string => stableId("group", name);

interface Answer {
  readonly status: number;
  readonly type: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read replies as they are
  readonly body: any;
}

export interface Client {
  readonly world: World;
  readonly call: (method: string, path: string, body?: unknown, token?: string | null) => Promise<Answer>;
}

/** Starts it with the given people; everything is closed when the test ends. */
export async function start(people: readonly SeedPerson[] = [LENA, MARCO, CARLA]): Promise<Client> {
  const now = () => START;
  const world = { ...seedWorld({ now }), atlassian: seedAtlassian(people, now) };
  const sandbox = await startSandbox({ world });
  onTestFinished(() => sandbox.close());
  return {
    world,
    async call(method, path, body, token) {
      const own = path.startsWith("/scim/") ? ATLASSIAN_SEED.scimToken : ATLASSIAN_SEED.orgApiKey;
      const headers: Record<string, string> = { "content-type": "application/scim+json" };
      if (token !== null) headers["authorization"] = `Bearer ${token ?? own}`;
      const response = await fetch(sandbox.atlassianUrl + path, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const type = response.headers.get("content-type") ?? "";
      return { status: response.status, type, body: text === "" ? undefined : JSON.parse(text) };
    },
  };
}

/** A PATCH message with the given operations. */
export function patch(...Operations: unknown[]): unknown {
  return { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations };
}

/** The body of a new user. */
export function newUser(userName: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    userName,
    name: { givenName: "Noor", familyName: "Haddad" },
    emails: [{ value: userName, primary: true }],
    ...more,
  };
}
