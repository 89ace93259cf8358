/** One call or more of every method that the gateway has; a method without an entry does not compile. */
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
  },
  scim: scimWriteCalls,
  organization: organizationWriteCalls,
  enterprise: enterpriseWriteCalls,
};
