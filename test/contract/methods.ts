/** One call or more of every method that the gateway has; a method without an entry does not compile. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Reads, TrelloReads } from "../../src/domain/reads.ts";
import type { Writes } from "../../src/domain/writes.ts";
import { SEED, seedWorld } from "../../src/sandbox/index.ts";
import {
  enterpriseReadCalls,
  enterpriseWriteCalls,
  organizationReadCalls,
  organizationWriteCalls,
  scimReadCalls,
  scimWriteCalls,
} from "./atlassian-methods.ts";
import type { Calls, Half } from "./calls.ts";

const { free, standard, premium, enterprise } = SEED.workspaces;
const { observed, guests, secondGuests, soleAdmin } = SEED.boards;

const trelloReads: Calls<TrelloReads> = {
  me: (trello) => trello.me(),
  token: (trello) => trello.token(),
  profile: (trello) => trello.profile(),
  memberProfile: (trello) => trello.memberProfile(SEED.leaver.id),
  cardsOf: (trello) => trello.cardsOf(SEED.leaver.id),
  cardsOn: (trello) => trello.cardsOn(guests.id),
  workspaces: (trello) => trello.workspaces(),
  workspace: (trello) => trello.workspace(standard.name),
  // More than one batch holds.
  workspaceSnapshots: (trello) =>
    trello.workspaceSnapshots([free.id, standard.id, premium.id, enterprise.name]),
  board: (trello) => trello.board(observed.shortLink),
  boards: (trello) =>
    trello.boards([guests.id, secondGuests.id, soleAdmin.id, observed.id, SEED.boards.enterprise.shortLink]),
  newBillableGuests: (trello) => trello.newBillableGuests(standard.id, guests.id),
  async membershipEvents(trello) {
    const boards = [guests.id, secondGuests.id].map((idBoard) => ({ idOrganization: standard.id, idBoard }));
    const person = { idOrganization: standard.id, idMember: SEED.leaver.id };
    const places = [{ idOrganization: standard.id }, ...boards, person];
    await trello.membershipEvents(places, "2026-01-01T00:00:00.000Z");
  },
  async webhooks(trello) {
    await trello.webhooks();
  },
  async invitationActions(trello) {
    await trello.invitationActions([standard.id]);
  },
  async searchMembers(trello) {
    await trello.searchMembers("Ann, 100% & more?");
    await trello.searchMembers(SEED.leaver.fullName, standard.id);
  },
};

/** Two cards of the leaver's, known from the seed: a write is not handed a way to look for them. */
const [firstCard = "", secondCard = ""] = [...seedWorld().trello.cards.values()]
  .filter((card) => card.idMembers.includes(SEED.leaver.id))
  .map((card) => card.id);

/** Webhooks that exist before the calls. */
export const HOOKS = {
  ended: hook("a".repeat(24), premium.id),
  unwanted: hook("b".repeat(24), free.id),
};

function hook(id: string, idModel: string) {
  return { id, idModel, kind: "workspace", callbackURL: `https://example.com/${id}` } as const;
}

export const readCalls: Half<Reads> = {
  trello: trelloReads,
  scim: scimReadCalls,
  organization: organizationReadCalls,
  enterprise: enterpriseReadCalls,
};

export const writeCalls: Half<Writes> = {
  trello: {
    async inviteWorkspaceMember(trello) {
      await trello.inviteWorkspaceMember(premium.id, "new+one@example.com", "New One", "normal");
      await trello.inviteWorkspaceMember(premium.id, "new+two@example.com", "New Two", "admin");
    },
    async setWorkspaceMember(trello) {
      await trello.setWorkspaceMember(standard.id, SEED.successor.id, "admin");
      await trello.setWorkspaceMember(standard.id, SEED.successor.id, "normal");
    },
    removeWorkspaceMember: (trello) => trello.removeWorkspaceMember(standard.id, SEED.leaver.id),
    removeWorkspaceMemberEverywhere: (trello) =>
      trello.removeWorkspaceMemberEverywhere(enterprise.id, SEED.leaver.id),
    async setWorkspaceDeactivated(trello) {
      await trello.setWorkspaceDeactivated(premium.id, SEED.alexOfDesign.id, true);
      await trello.setWorkspaceDeactivated(premium.id, SEED.alexOfDesign.id, false);
    },
    updateMember: (trello) =>
      trello.updateMember(SEED.admin.id, {
        fullName: "Robin Example",
        initials: "RE",
        username: "robin_example",
        bio: "100% & more?",
      }),
    async inviteBoardMember(trello) {
      for (const type of ["admin", "normal", "observer"] as const) {
        await trello.inviteBoardMember(observed.id, `${type}@example.com`, "New Person", type);
      }
    },
    async setBoardMember(trello) {
      for (const type of ["observer", "admin", "normal"] as const) {
        await trello.setBoardMember(observed.id, SEED.successor.id, type, type === "admin");
      }
    },
    setCardMembers: (trello) => trello.setCardMembers(firstCard, []),
    async addCardMember(trello) {
      await trello.setCardMembers(secondCard, []);
      await trello.addCardMember(secondCard, SEED.leaver.id);
    },
    async removeCardMember(trello) {
      await trello.setCardMembers(secondCard, [SEED.leaver.id]);
      await trello.removeCardMember(secondCard, SEED.leaver.id);
    },
    removeBoardMember: (trello) => trello.removeBoardMember(observed.id, SEED.observer.id),
    async createWebhook(trello) {
      // Trello asks the address by HEAD before it answers.
      const server = createServer((_request, response) => response.end());
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const callbackURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a`;
      await trello.createWebhook({ callbackURL, idModel: standard.id, kind: "workspace" });
      server.closeAllConnections();
      server.close();
    },
    activateWebhook: (trello) => trello.activateWebhook(HOOKS.ended.id, HOOKS.ended),
    deleteWebhook: (trello) => trello.deleteWebhook(HOOKS.unwanted.id, HOOKS.unwanted.callbackURL),
  },
  scim: scimWriteCalls,
  organization: organizationWriteCalls,
  enterprise: enterpriseWriteCalls,
};
