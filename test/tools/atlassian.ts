import type { World } from "../../src/sandbox/index.ts";
import type { ElicitReply, Question } from "../support/client.ts";
import { CLIENTS } from "../support/matrix.ts";
import type { TestProduct } from "../support/product.ts";
import { openStoreAt } from "../support/wiring.ts";

/** Both eras and both transports, each once: the tools behind them are the same. */
export const TWO_WAYS = CLIENTS.filter(
  ({ sdk, era, transport }) => sdk === "v2" && (era === "modern") === (transport === "stdio"),
);

/** A person who says yes, and types the name that the form asks for. */
export function typeTheName({ requestedSchema: { properties } }: Question): ElicitReply {
  const { title = "" } = (properties["typedName"] ?? {}) as { readonly title?: string };
  const name = /^Type (.+) to confirm$/.exec(title)?.[1];
  return { action: "accept", content: { confirm: true, ...(name !== undefined && { typedName: name }) } };
}

/** One of the two, where the other would show nothing new. */
export const OVER_STDIO = TWO_WAYS.filter(({ transport }) => transport === "stdio");
export const OVER_HTTP = TWO_WAYS.filter(({ transport }) => transport === "http");

/** The SCIM User of that id; the test fails where there is none. */
export function userIn(world: World, id: string | null) {
  const found = world.atlassian.directory.users.get(id ?? "");
  if (!found) throw new Error(`no SCIM user ${id}`);
  return found;
}

/** The SCIM User with that userName, or undefined. */
export function userNamed(world: World, userName: string) {
  return [...world.atlassian.directory.users.values()].find((user) => user.userName === userName);
}

/** The SCIM Group of that name, or undefined. */
export function groupNamed(world: World, displayName: string) {
  return [...world.atlassian.directory.groups.values()].find((group) => group.displayName === displayName);
}

/** The account of that id; the test fails where there is none. */
export function accountIn(world: World, id: string) {
  const found = world.atlassian.accounts.get(id);
  if (!found) throw new Error(`no account ${id}`);
  return found;
}

/** Names of the operations that the sandbox was asked for, in order. */
export function operationsOf({ sandbox }: Pick<TestProduct, "sandbox">): readonly string[] {
  return sandbox.requests.map(({ operation }) => operation ?? "unknown");
}

/** Puts a Group into the directory, as somebody else would have. */
export function makeGroup(world: World, displayName: string, members: readonly string[]): string {
  const id = `group-of-${displayName.toLowerCase().replaceAll(" ", "-")}`;
  const at = new Date(world.now()).toISOString();
  world.atlassian.directory.groups.set(id, {
    id,
    externalId: null,
    displayName,
    members: [...members],
    created: at,
    lastModified: at,
  });
  return id;
}

/** Writes down that a source links an email to a member, as an earlier run would have. */
export async function linkEmail(
  { env }: Pick<TestProduct, "env">,
  link: { readonly email: string; readonly idMember: string; readonly source: string },
): Promise<void> {
  const store = await openStoreAt((env["IDENTITY_STORE_URL"] ?? "").replace(/^sqlite:/, ""));
  try {
    const seenAt = new Date().toISOString();
    await store.links.put({ ...link, accountId: null, scimId: null, seenAt });
  } finally {
    await store.close();
  }
}
