import { ATLASSIAN_SEED, seedAtlassian } from "./atlassian/seed.ts";
import { OAUTH2_SEED, seedOAuth2 } from "./oauth2/seed.ts";
import { seedVendors } from "./vendors/world.ts";
import { seedBoards, BOARDS, seedCards } from "./trello/seed/boards.ts";
import { CAST, GHOSTS, INVITED_DAYS_AGO, SCIM_ONLY, STAFF, VOLUNTEERS } from "./trello/seed/people.ts";
import type { SeededPerson } from "./trello/seed/people.ts";
import {
  createMembershipMaker,
  CREWS,
  ENTERPRISES,
  seedWorkspaces,
  WORKSPACES,
} from "./trello/seed/workspaces.ts";
import type {
  AtlassianWorld,
  Enterprise,
  TrelloAction,
  TrelloMember,
  TrelloToken,
  TrelloWorld,
  World,
} from "./world.ts";

const DAY_MS = 86_400_000;

/** Names of the people, boards and tokens in the sandbox, so that tests and the demo need no ids. */
export const SEED = {
  app: { key: "sandbox-trello-key", secret: "sandbox-trello-secret", name: "Identity sandbox" },
  tokens: {
    /** The token of `admin` with the scopes read, write and account. It expires in 90 days. */
    full: "sandbox-token-full",
    readOnly: "sandbox-token-read-only",
    /** A token with read and write. */
    noAccount: "sandbox-token-no-account",
    expired: "sandbox-token-expired",
    /**
     * The token of `successor` with the scopes read and write. This person is an admin of no workspace and no board.
     */
    normalMember: "sandbox-token-normal-member",
  },
  /** The secret of the token `full`, with which requests are signed by OAuth 1.0. */
  tokenSecret: "sandbox-token-full-secret",
  /** The clients of OAuth 2.0. */
  oauth2: OAUTH2_SEED,
  ...CAST,
  ghosts: GHOSTS,
  workspaces: WORKSPACES,
  boards: BOARDS,
  /** For each workspace: the number of boards that the person who leaves is on. */
  leaverBoards: { standard: 30, enterprise: 6 },
  enterprise: ENTERPRISES.enterprise,
  adminHubEnterprise: ENTERPRISES.adminHub,
  atlassian: ATLASSIAN_SEED,
} as const;

/**
 * Builds the company `clean`. It is always the same; only dates of last use and of invitations depend on the clock
 * (milliseconds since 1970).
 */
export function seedWorld(options: { readonly now?: () => number } = {}): World {
  const now = options.now ?? Date.now;
  const atlassian = seedDirectory(now);
  const vendors = seedVendors(atlassian.accounts.values(), now());
  return { now, trello: seedTrello(now), atlassian, vendors, wire: {} };
}

function seedTrello(now: () => number): TrelloWorld {
  const row = createMembershipMaker();
  const workspaces = seedWorkspaces(row, now());
  const boards = seedBoards(row);
  return {
    apps: new Map([[SEED.app.key, SEED.app]]),
    tokens: byId(
      seedTokens(now(), { owner: CAST.admin.id, other: CAST.successor.id }),
      (token) => token.token,
    ),
    requestTokens: new Map(),
    oauth2: seedOAuth2(),
    members: byId(seedMembers(now()), (member) => member.id),
    workspaces: byId(workspaces, (workspace) => workspace.id),
    boards: byId(boards, (board) => board.id),
    cards: byId(seedCards(boards), (card) => card.id),
    enterprises: byId(seedEnterprises(now()), (enterprise) => enterprise.id),
    actions: seedActions(now()),
    webhooks: new Map(),
    deliveries: [],
    sequence: 0,
    showsAaId: false,
  };
}

function byId<T>(things: readonly T[], id: (thing: T) => string): Map<string, T> {
  return new Map(things.map((thing) => [id(thing), thing]));
}

const inTrello: readonly SeededPerson[] = [
  ...Object.values(CAST).filter((person) => person !== CAST.scimOnly),
  ...STAFF,
  ...VOLUNTEERS,
];

function seedMembers(at: number): TrelloMember[] {
  const member = (person: SeededPerson, ghost: boolean, n: number): TrelloMember => ({
    id: person.id,
    username: person.username,
    fullName: person.fullName,
    initials: person.fullName
      .split(" ")
      .slice(0, 2)
      .map((word) => word.charAt(0))
      .join(""),
    bio: "",
    email: person.email,
    memberType: ghost ? "ghost" : "normal",
    confirmed: !ghost,
    aaId: ghost ? null : person.aaId,
    dateLastActive: ghost ? null : new Date(at - (1 + ((n * 7) % 120)) * DAY_MS).toISOString(),
  });
  return [
    ...inTrello.map((person, n) => member(person, false, n)),
    ...Object.values(GHOSTS).map((person, n) => member(person, true, n)),
  ];
}

/** Makes the tokens of `SEED` (the fixed credentials of the sandbox). Each token belongs to one person. */
export function seedTokens(
  at: number,
  ids: { readonly owner: string; readonly other: string },
): TrelloToken[] {
  const token = (name: keyof typeof SEED.tokens, scopes: string[], days: number | null): TrelloToken => ({
    token: SEED.tokens[name],
    key: SEED.app.key,
    secret: `${SEED.tokens[name]}-secret`,
    idMember: name === "normalMember" ? ids.other : ids.owner,
    identifier: SEED.app.name,
    scopes: new Set(scopes),
    dateCreated: new Date(at - 120 * DAY_MS).toISOString(),
    dateExpires: days === null ? null : new Date(at + days * DAY_MS).toISOString(),
    revoked: false,
  });
  return [
    token("full", ["read", "write", "account"], 90),
    token("readOnly", ["read"], null),
    token("noAccount", ["read", "write"], null),
    token("expired", ["read", "write", "account"], -1),
    token("normalMember", ["read", "write"], null),
  ];
}

function seedEnterprises(at: number): Enterprise[] {
  const enterprise = (key: "enterprise" | "adminHub", people: readonly SeededPerson[]): Enterprise => ({
    ...ENTERPRISES[key],
    adminHub: key === "adminHub",
    idOrganizations: [WORKSPACES[key].id],
    idAdmins: [CAST.admin.id],
    members: new Map(
      people.map((person, n) => [
        person.id,
        {
          idMember: person.id,
          licensed: true,
          deactivated: false,
          managed: person.idScim !== null,
          dateLastImpression: new Date(at - (1 + ((n * 11) % 90)) * DAY_MS).toISOString(),
        },
      ]),
    ),
  });
  return [
    enterprise("enterprise", [CAST.admin, CAST.deputy, ...CREWS.enterprise]),
    enterprise("adminHub", [CAST.admin, CAST.deputy, ...CREWS.adminHub]),
  ];
}

/**
 * The actions that show the invitations of the ghosts (people who were invited by email and have no account). The date
 * of an action is the time at which the membership was made.
 */
function seedActions(at: number): TrelloAction[] {
  const invitation = (
    n: number,
    name: keyof typeof INVITED_DAYS_AGO,
    workspace: { id: string; displayName: string },
  ) => {
    const ghost = GHOSTS[name];
    const date = at - INVITED_DAYS_AGO[name] * DAY_MS;
    return {
      id:
        Math.floor(date / 1_000)
          .toString(16)
          .padStart(8, "0") + n.toString(16).padStart(16, "0"),
      type: "unconfirmedOrganizationInvitation",
      date: new Date(date).toISOString(),
      idMemberCreator: CAST.admin.id,
      idOrganization: workspace.id,
      data: {
        organization: { id: workspace.id, name: workspace.displayName },
        idMember: ghost.id,
        member: { id: ghost.id, name: ghost.fullName },
        memberType: "normal",
      },
    };
  };
  return [
    invitation(1, "expired", WORKSPACES.standard),
    invitation(2, "free", WORKSPACES.free),
    invitation(3, "workspace", WORKSPACES.standard),
  ];
}

function seedDirectory(now: () => number): AtlassianWorld {
  const atCompany = [...inTrello, CAST.scimOnly, ...SCIM_ONLY].filter((person) =>
    person.email.endsWith("@example.com"),
  );
  const isIn = (key: keyof typeof CREWS, person: SeededPerson) => CREWS[key].includes(person);
  return seedAtlassian(
    atCompany.map((person, n) => ({
      aaId: person.aaId,
      name: person.fullName,
      email: person.email,
      scim: person.idScim !== null,
      active: person !== CAST.deactivated,
      products: [
        ...(inTrello.includes(person) ? ["trello"] : []),
        ...(person === CAST.leaver || n % 2 === 0 ? ["jira-software"] : []),
        ...(person === CAST.leaver || n % 3 === 0 ? ["confluence"] : []),
      ],
      groups: [
        "All Staff",
        ...(isIn("standard", person) ? ["Operations"] : []),
        ...(isIn("premium", person) ? ["Design"] : []),
        ...(isIn("enterprise", person) ? ["Meridian"] : []),
      ],
    })),
    now,
  );
}
