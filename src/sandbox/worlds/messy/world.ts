import { seedOAuth2 } from "../../oauth2/seed.ts";
import { SEED, seedTokens } from "../../seed.ts";
import { createMembershipMaker } from "../../trello/seed/workspaces.ts";
import type { TrelloToken, TrelloWorld, World } from "../../world.ts";
import { seedVendors } from "../../vendors/world.ts";
import { messyBoards, messyCards } from "./boards.ts";
import { messyAtlassian, SCOPED_KEY } from "./directory.ts";
import { DAY_MS } from "./dice.ts";
import { createPeople, messyMembers } from "./people.ts";
import type { MessyPerson } from "./people.ts";
import { ENTERPRISE, messyCrews, messyEnterprise, messyWorkspaces, WORKSPACES } from "./workspaces.ts";

/**
 * Names of the people, workspaces and tokens in the company `messy`. Its app and most of its tokens are those of the
 * company `clean` (`SEED`).
 */
export const MESSY = {
  workspaces: WORKSPACES,
  enterprise: ENTERPRISE,
  /** An organization API key with scopes. It can read but not change. */
  scopedKey: SCOPED_KEY,
  tokens: {
    /** A token that was given for the enterprise, to an application without a name. */
    enterprise: "sandbox-token-enterprise",
    /** Expired ten years ago. */
    old: "sandbox-token-old",
  },
} as const;

/**
 * Builds the company `messy`, whose data is as untidy as the data of real companies (the models are recorded replies
 * and published surveys). The company is the same each time; only dates depend on the clock (milliseconds since 1970).
 */
export function messyWorld(options: { readonly now?: () => number } = {}): World {
  const now = options.now ?? Date.now;
  const people = createPeople();
  const atlassian = messyAtlassian(people, now());
  return {
    now,
    trello: messyTrello(people, now()),
    atlassian,
    vendors: seedVendors(atlassian.accounts.values(), now()),
    wire: { nullEmails: true, batchFailures: "both", unevenTransport: true, moreLimits: true },
  };
}

function messyTrello(people: readonly MessyPerson[], at: number): TrelloWorld {
  const [owner, leaver] = people;
  if (!owner || !leaver) throw new Error("the token's owner or the leaver is missing");
  const row = createMembershipMaker();
  const crews = messyCrews(people);
  const workspaces = messyWorkspaces(people, crews, row, at);
  const { boards, strangers } = messyBoards({ people, crews, row, at });
  const byId = <T extends { readonly id: string }>(things: readonly T[]) =>
    new Map(things.map((thing) => [thing.id, thing]));
  return {
    apps: new Map([[SEED.app.key, SEED.app]]),
    tokens: new Map(messyTokens(owner, leaver, at).map((token) => [token.token, token])),
    requestTokens: new Map(),
    oauth2: seedOAuth2(),
    members: byId(messyMembers([...people, ...strangers], at)),
    workspaces: byId(workspaces),
    boards: byId(boards),
    cards: byId(messyCards(boards, people)),
    enterprises: byId([messyEnterprise(workspaces, people, at)]),
    actions: [],
    webhooks: new Map(),
    deliveries: [],
    sequence: 0,
    showsAaId: false,
    usedElsewhere: 12,
    mostCards: 1_000,
  };
}

function messyTokens(owner: MessyPerson, other: MessyPerson, at: number): TrelloToken[] {
  const [full, ...rest] = seedTokens(at, { owner: owner.id, other: other.id });
  if (!full) return rest;
  const dateCreated = new Date(at - 4_000 * DAY_MS).toISOString();
  return [
    full,
    ...rest,
    { ...full, token: MESSY.tokens.enterprise, identifier: null, idEnterprise: ENTERPRISE.id, dateCreated },
    {
      ...full,
      token: MESSY.tokens.old,
      dateCreated,
      dateExpires: new Date(at - 3_650 * DAY_MS).toISOString(),
    },
  ];
}
