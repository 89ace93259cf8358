/** One call or more of every method that the gateway has; a method without an entry does not compile. */
import type { Reads, TrelloReads } from "../../src/domain/reads.ts";
import type { Writes } from "../../src/gateway/gateway.ts";
import { SEED } from "../../src/sandbox/index.ts";

/** For each method of `Api` how it is called so that every parameter it can send is sent once. */
type Calls<Api> = {
  readonly [Name in keyof Api as Api[Name] extends (...args: never[]) => unknown ? Name : never]: (
    api: Api,
  ) => Promise<unknown>;
};
type Half<Whole> = { readonly [Part in keyof Whole]: Calls<NonNullable<Whole[Part]>> };

const { free, standard, premium, enterprise } = SEED.workspaces;
const { observed, guests, secondGuests, soleAdmin } = SEED.boards;

const trelloReads: Calls<TrelloReads> = {
  me: (trello) => trello.me(),
  token: (trello) => trello.token(),
  profile: (trello) => trello.profile(),
  workspaces: (trello) => trello.workspaces(),
  workspace: (trello) => trello.workspace(standard.name),
  // More than one batch holds.
  workspaceSnapshots: (trello) =>
    trello.workspaceSnapshots([free.id, standard.id, premium.id, enterprise.name]),
  board: (trello) => trello.board(observed.shortLink),
  boards: (trello) =>
    trello.boards([guests.id, secondGuests.id, soleAdmin.id, observed.id, SEED.boards.enterprise.shortLink]),
  newBillableGuests: (trello) => trello.newBillableGuests(standard.id, guests.id),
  async searchMembers(trello) {
    await trello.searchMembers("Ann, 100% & more?");
    await trello.searchMembers(SEED.leaver.fullName, standard.id);
  },
};

export const readCalls: Half<Reads> = {
  trello: trelloReads,
  scim: {
    async users(scim) {
      await scim.users({});
      await scim.users({ filter: { attribute: "userName", value: SEED.leaver.email }, startIndex: 1 });
      await scim.users({ filter: { attribute: "externalId", value: 'quoted "value"' }, count: 1_000 });
    },
    async user(scim) {
      const { Resources } = await scim.users({ count: 1 });
      await scim.user(Resources[0]?.id ?? "");
    },
  },
  organization: { accountByEmail: (organization) => organization.accountByEmail(SEED.leaver.email) },
  enterprise: {
    async members(enterprise) {
      await enterprise.members({});
      await enterprise.members({ search: SEED.leaver.email, cursor: "0" });
    },
  },
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
    removeBoardMember: (trello) => trello.removeBoardMember(observed.id, SEED.observer.id),
  },
  scim: {
    async patchUser(scim) {
      const id = SEED.leaver.idScim ?? "";
      await scim.patchUser(id, [{ op: "replace", path: "active", value: false }]);
      await scim.patchUser(id, [
        { op: "add", value: { title: "Lead" } },
        { op: "remove", path: "title" },
      ]);
    },
  },
};
