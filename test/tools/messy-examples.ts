import { MESSY } from "../../src/sandbox/index.ts";
import { freshWorld } from "../support/fresh-world.ts";
import type { Way } from "./describe-tool.ts";
import { type Example, findingAbout, namedReview, proposal, webhookOn } from "./examples.ts";

type Args = Example["args"];

const { trello } = freshWorld("messy");
const { operations } = MESSY.workspaces;
const here = { workspace: operations.id };

function idOf(username: string): string {
  const found = [...trello.members.values()].find((member) => member.username === username);
  if (!found) throw new Error(`nobody in the messy world is @${username}`);
  return found.id;
}

/** Member of two workspaces, on many boards, and the only admin of some. */
const leaver = { id: idOf("bhollis"), username: "bhollis", email: "bram.hollis@kestrel.example" };
/** On five boards of two workspaces with one open card, the only admin of none. The account is off. */
const worker = { id: idOf("sgrabowski"), email: "santiago.grabowski@kestrel.example" };
const colleague = { id: idOf("edesai4"), email: "esther.desai@kestrel-labs.example" };

function boardOf(name: string): string {
  const found = [...trello.boards.values()].find((board) => board.name === name);
  if (!found) throw new Error(`no board of the messy world is called ${name}`);
  return found.id;
}

const user = { user: leaver.email };

/** One example a tool in the messy world, as those of `examples.ts` in the clean one. */
export const MESSY_EXAMPLES: Readonly<Record<string, Example>> = {
  add_to_boards: { args: { ...here, boards: [boardOf("Fleet Vendors 7")], member: leaver.id } },
  check_connection: { args: {} },
  create_webhook: { args: { workspace: operations.id } },
  delete_webhook: {
    args: { workspace: operations.id },
    prepare: (way) => webhookOn(way, operations.id),
  },
  decide_review: { args: {}, prepare: aProposal },
  find_member: { args: { member: leaver.username } },
  get_member_access: { args: { member: leaver.id } },
  get_review: { args: {}, prepare: aNamedReview },
  get_run: { args: {}, prepare: aRun },
  invite_member: { args: { ...here, member: "never.invited@partner.example.org" } },
  invite_members: { args: { ...here, emails: "never.invited@partner.example.org" } },
  list_board_members: { args: { board: boardOf("press Vendors 4") } },
  list_enterprise_members: { args: {} },
  list_membership_changes: { args: {} },
  list_webhooks: { args: {} },
  list_pending_invitations: { args: here },
  list_runs: { args: {} },
  list_workspace_boards: { args: here },
  list_workspace_members: { args: here },
  list_workspaces: { args: {} },
  offboard_member: { args: { member: worker.id } },
  plan_roster_changes: {
    args: { ...here, csv: "email,name\nnever.invited@partner.example.org,New Hire" },
  },
  reassign_cards: { args: { ...here, member: worker.id, reassignTo: colleague.id } },
  remediate_review: { args: {}, prepare: aFinding },
  remove_from_boards: { args: { ...here, member: worker.id } },
  remove_from_workspace: { args: { ...here, member: worker.id } },
  resend_invitations: { args: here, prepare: anInvitation },
  review_access: { args: { workspaces: [operations.id] } },
  restore_member: { args: {}, prepare: aRun },
  revoke_invitations: { args: here, prepare: anInvitation },
  scim_create_group: { args: { displayName: "Night Crew", users: [leaver.email] } },
  scim_create_user: {
    args: { ...here, email: "never.made@kestrel.example", givenName: "Jo", familyName: "Joiner" },
  },
  scim_deactivate_user: { args: user },
  scim_delete_group: { args: { group: "Role 7" } },
  scim_delete_user: { args: user },
  scim_get_group: { args: { group: "Team 0" } },
  scim_get_user: { args: user },
  scim_list_groups: { args: {} },
  scim_list_users: { args: {} },
  scim_reactivate_user: { args: { user: worker.email } },
  scim_update_group: { args: { group: "Role 47", remove: [leaver.email] } },
  scim_update_user: { args: { ...user, attributes: { title: "Something new" } } },
  start_review: { args: { name: "Q4", workspaces: [operations.id] } },
  set_board_role: {
    args: { ...here, board: boardOf("press Vendors 4"), member: leaver.id, role: "admin" },
  },
  set_enterprise_member_deactivated: { args: { member: leaver.email, deactivated: true } },
  set_enterprise_member_license: { args: { member: leaver.email, licensed: false } },
  set_member_deactivated: { args: { ...here, member: leaver.id, deactivated: true } },
  set_workspace_role: { args: { ...here, member: colleague.id, role: "admin" } },
  update_my_profile: { args: { bio: "something new" } },
};

function aFinding(way: Way): Promise<Args> {
  return findingAbout(way, operations.id, { email: worker.email, idMember: worker.id });
}

async function aRun(way: Way): Promise<Args> {
  const { structured, text } = await way.call("remove_from_boards", { ...here, member: worker.id });
  if (structured["runId"] === undefined) throw new Error(`nothing ran: ${text}`);
  return { runId: structured["runId"] };
}

async function anInvitation(way: Way): Promise<Args> {
  const emails = way.newEmail("waits");
  await way.call("invite_member", { ...here, member: emails });
  return { emails };
}

function aNamedReview(way: Way): Promise<Args> {
  return namedReview(way, operations.id);
}

function aProposal(way: Way): Promise<Args> {
  return proposal(way, operations.id);
}
