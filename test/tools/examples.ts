import { SEED } from "../../src/sandbox/index.ts";
import { linkEmail } from "./atlassian.ts";
import { openStoreAt } from "../support/wiring.ts";
import { storePath } from "./decisions.ts";
import type { Way } from "./describe-tool.ts";
import { BOARDS, WORKSPACES } from "./world.ts";

type Args = Readonly<Record<string, unknown>>;

/** Arguments that a tool does something with in the seed's company; `prepare` makes what they need and adds to them. */
export interface Example {
  readonly args: Args;
  readonly prepare?: (way: Way) => Promise<Args>;
}

const { standard } = WORKSPACES;
const { leaver, successor } = SEED;
const here = { workspace: standard.id };
const user = { user: leaver.email };

/** One example a tool; the contract fails for a tool that has none. */
export const EXAMPLES: Readonly<Record<string, Example>> = {
  add_to_boards: { args: { ...here, boards: [BOARDS.guests.id], member: leaver.id } },
  check_connection: { args: {} },
  create_webhook: { args: { workspace: WORKSPACES.free.id } },
  delete_webhook: { args: here, prepare: aWebhook },
  decide_review: { args: {}, prepare: aProposal },
  find_member: { args: { member: leaver.username } },
  get_member_access: { args: { member: leaver.id } },
  get_review: { args: {}, prepare: aNamedReview },
  get_run: { args: {}, prepare: aRun },
  invite_member: { args: { ...here, member: "never.invited@partner.example.org" } },
  invite_members: { args: { ...here, emails: "never.invited@partner.example.org" } },
  list_board_members: { args: { board: BOARDS.guests.id } },
  list_enterprise_members: { args: {} },
  list_membership_changes: { args: {} },
  list_webhooks: { args: {} },
  list_pending_invitations: { args: here },
  list_runs: { args: {} },
  list_workspace_boards: { args: here },
  list_workspace_members: { args: here },
  list_workspaces: { args: {} },
  offboard_member: { args: { member: leaver.id } },
  plan_roster_changes: {
    args: { ...here, csv: "email,name\nnever.invited@partner.example.org,New Hire" },
  },
  reassign_cards: { args: { ...here, member: leaver.username, reassignTo: successor.username } },
  remediate_review: { args: {}, prepare: aFinding },
  remove_from_boards: { args: { ...here, member: leaver.id } },
  remove_from_workspace: { args: { ...here, member: leaver.id } },
  resend_invitations: { args: here, prepare: anInvitation },
  review_access: { args: { workspaces: [standard.id] } },
  restore_member: { args: {}, prepare: aRun },
  revoke_invitations: { args: here, prepare: anInvitation },
  scim_create_group: { args: { displayName: "Night Crew", users: [leaver.email] } },
  scim_create_user: {
    args: { ...here, email: "never.made@example.com", givenName: "Jo", familyName: "Joiner" },
  },
  scim_deactivate_user: { args: user },
  scim_delete_group: { args: { group: "Operations" } },
  scim_delete_user: { args: user },
  scim_get_group: { args: { group: "Operations" } },
  scim_get_user: { args: user },
  scim_list_groups: { args: {} },
  scim_list_users: { args: {} },
  scim_reactivate_user: { args: { user: SEED.deactivated.email } },
  scim_update_group: { args: { group: "Operations", remove: [leaver.email] } },
  scim_update_user: { args: { ...user, attributes: { title: "Something new" } } },
  start_review: { args: { name: "Q4", workspaces: [standard.id] } },
  set_board_role: {
    args: { ...here, board: BOARDS.guests.id, member: SEED.guest.username, role: "admin" },
  },
  set_enterprise_member_deactivated: { args: { member: leaver.email, deactivated: true } },
  set_enterprise_member_license: { args: { member: leaver.email, licensed: false } },
  set_member_deactivated: { args: { ...here, member: leaver.id, deactivated: true } },
  set_workspace_role: { args: { ...here, member: successor.id, role: "admin" } },
  update_my_profile: { args: { bio: "something new" } },
};

/** The tools that take a plan and not arguments of their own. */
export const BY_PLAN: readonly string[] = ["apply_plan"];

function aFinding(way: Way): Promise<Args> {
  return findingAbout(way, standard.id, { email: "guest@partner.example.org", idMember: SEED.guest.id });
}

/** A roster without a person whose email another source proved: a finding that takes them out of the workspace. */
export async function findingAbout(
  way: Way,
  workspace: string,
  person: { readonly email: string; readonly idMember: string },
): Promise<Args> {
  await linkEmail(way.product, { ...person, source: "enterprise" });
  const { structured } = await way.call("review_access", {
    workspaces: [workspace],
    csv: "email,name\nada@example.com,Ada Example",
    kinds: ["not_in_roster"],
    limit: 100,
  });
  const findings = structured["findings"] as readonly { id: string; person: { idMember: string } }[];
  const theirs = findings.filter((row) => row.person.idMember === person.idMember);
  return { reviewId: structured["reviewId"], findings: theirs.map(({ id }) => id) };
}

async function aRun(way: Way): Promise<Args> {
  const { structured } = await way.call("remove_from_boards", { ...here, member: leaver.id });
  return { runId: structured["runId"] };
}

async function anInvitation(way: Way): Promise<Args> {
  const emails = way.newEmail("waits");
  await way.call("invite_member", { ...here, member: emails });
  return { emails };
}

/** A webhook on the workspace, as Trello and the store have it. */
export async function webhookOn(way: Way, idModel: string): Promise<Args> {
  const hook = { callbackURL: `http://127.0.0.1:8723/webhooks/trello/${idModel}`, idModel };
  way.world.trello.webhooks.set(idModel, {
    ...hook,
    id: idModel,
    token: SEED.tokens.full,
    description: "",
    active: true,
    consecutiveFailures: 0,
    firstConsecutiveFailDate: null,
  });
  const store = await openStoreAt(storePath(way.product));
  await store.webhooks.want({ ...hook, kind: "workspace" }, new Date().toISOString());
  await store.close();
  return {};
}

function aWebhook(way: Way): Promise<Args> {
  return webhookOn(way, standard.id);
}

function aNamedReview(way: Way): Promise<Args> {
  return namedReview(way, standard.id);
}

function aProposal(way: Way): Promise<Args> {
  return proposal(way, standard.id);
}

/** A named review that waits for its reviewer. */
export async function namedReview(way: Way, workspace: string): Promise<Args> {
  const { structured } = await way.call("start_review", { name: "Q4", workspaces: [workspace] });
  return { reviewId: structured["reviewId"] };
}

/** A proposal for the first person of such a review. */
export async function proposal(way: Way, workspace: string): Promise<Args> {
  const named = await namedReview(way, workspace);
  const { structured } = await way.call("get_review", named);
  const [first] = structured["items"] as readonly { readonly item: string }[];
  return { ...named, decisions: [{ item: first?.item, decision: "keep" }] };
}
