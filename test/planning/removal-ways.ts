import type { EffectOp } from "../../src/domain/effect.ts";
import type { Run } from "../../src/domain/run.ts";
import { findingsOf } from "../../src/reviews/review.ts";
import { textRoster } from "../../src/rosters/text.ts";
import { SEED, type World } from "../../src/sandbox/index.ts";
import type { Bench } from "../faults/bench.ts";
import { confirmAndApply } from "../support/stack.ts";
import { makeGroup } from "../tools/atlassian.ts";

const { deputy, leaver, successor, alexOfOperations, guest } = SEED;

/** The people of a company whose memberships can end. */
export const PEOPLE = [leaver, successor, alexOfOperations, guest];
/** The one workspace of a company. */
export const PLACE = "65a9".padEnd(24, "0");
/** The Group to which the policy gives all open boards of a company. */
export const TEAM = "Boarders";

/** Whether an effect of the op can end a membership of a board. An op that is not here does not compile. */
export const ENDS_BOARD_MEMBERSHIP: Readonly<Record<EffectOp, boolean>> = {
  remove_board_member: true,
  remove_workspace_member_everywhere: true,
  revoke_invitation: true,
  // The boards stay, and the person is a guest of them.
  remove_workspace_member: false,
  // The membership stays and is shown as deactivated, or has another role.
  set_board_member: false,
  set_workspace_member: false,
  set_workspace_deactivated: false,
  set_enterprise_deactivated: false,
  set_enterprise_licensed: false,
  // Accounts, directory, cards, profile: no membership of Trello's.
  set_account_enabled: false,
  set_application_active: false,
  set_directory_access: false,
  set_scim_active: false,
  create_scim_user: false,
  update_scim_user: false,
  replace_scim_user: false,
  delete_scim_user: false,
  create_scim_group: false,
  replace_scim_group: false,
  delete_scim_group: false,
  add_scim_group_member: false,
  remove_scim_group_member: false,
  set_card_members: false,
  add_card_member: false,
  remove_card_member: false,
  update_profile: false,
  add_webhook: false,
  remove_webhook: false,
  // They begin memberships.
  invite_workspace_member: false,
  invite_board_member: false,
};

/** One way to end memberships of boards. What is prepared is there before the state that is to come back. */
export interface Way {
  prepare?(bench: Bench): Promise<void>;
  /** null if the company has nothing that the tool could take away. */
  run(bench: Bench): Promise<Run | null>;
}

/** Refused because nobody there is meant: nothing is taken away then. */
async function unlessAbsent(run: Promise<Run>): Promise<Run | null> {
  try {
    return await run;
  } catch (error) {
    if ((error as { code?: string }).code === "NOT_FOUND") return null;
    throw error;
  }
}

const boardIds = ({ sandbox }: Bench) => [...sandbox.world.trello.boards.keys()];
export const openBoards = ({ trello }: World): readonly string[] =>
  [...trello.boards.values()].filter(({ closed }) => !closed).map(({ id }) => id);

/** The person's email is known from an invitation. */
function linkEmail({ store }: Bench, { id, email }: { readonly id: string; readonly email: string }) {
  return store.links.put({
    email,
    idMember: id,
    accountId: null,
    scimId: null,
    source: "invitation",
    seenAt: new Date().toISOString(),
  });
}

/** Puts people by hand on all cards of the boards that they are on. */
function putOnCards({ sandbox }: Bench, people: readonly string[]): void {
  const { boards, cards } = sandbox.world.trello;
  for (const card of cards.values()) {
    const there = boards.get(card.idBoard)?.memberships.map(({ idMember }) => idMember) ?? [];
    card.idMembers.push(...people.filter((id) => there.includes(id) && !card.idMembers.includes(id)));
  }
}

/** Puts two people onto every open board by a run of its own, and then onto all cards there. Its id, or the empty text. */
async function additionOf(bench: Bench): Promise<string> {
  const boards = openBoards(bench.sandbox.world);
  if (boards.length === 0) return "";
  const members = [leaver.id, guest.id];
  const run = await confirmAndApply(bench, "add_to_boards", { workspace: PLACE, members, boards }).catch(
    () => null,
  );
  if (!run?.effects.some(({ state }) => state === "applied")) return "";
  putOnCards(bench, members);
  return run.id;
}

const INVITED = ["ines.invited@partner.example.org", "ivo.invited@partner.example.org"];

/** Invites two people to the workspace, and one of them to a board. Who is only invited cannot be on a card. */
async function inviteSome(bench: Bench): Promise<void> {
  const boards = openBoards(bench.sandbox.world).slice(0, 1);
  for (const [n, member] of INVITED.entries())
    await confirmAndApply(bench, "invite_member", {
      workspace: PLACE,
      member,
      ...(n === 0 && boards.length > 0 && { boards }),
    });
}

/** A stored review of the workspace in which nobody but the successor is on the roster, with what it would take away. */
async function reviewOf({ engine, caller, sandbox }: Bench) {
  sandbox.world.trello.showsAaId = true;
  const context = engine.context(caller);
  const snapshots = await context.reads.trello.workspaceSnapshots([PLACE]);
  const rosters = [textRoster(`email\n${successor.email}`)];
  const found = await findingsOf({ snapshots, rosters, dormantDays: 90 }, context);
  const kept = { ...found, workspaces: [PLACE], rosters, dormantDays: 90 };
  const { id } = await engine.keepReview(kept, caller);
  const ids: readonly string[] = PEOPLE.map((person) => person.id);
  const findings = found.findings.filter(
    ({ person, remedy }) => remedy === "remove" && ids.includes(person?.idMember ?? ""),
  );
  return { reviewId: id, findings: findings.map((finding) => finding.id) };
}

/** By tool. A way is made anew for each company, because it may keep what it prepared. */
export const WAYS: Readonly<Record<string, readonly (() => Way)[]>> = {
  remove_from_boards: [
    () => ({
      run: (bench) =>
        unlessAbsent(confirmAndApply(bench, "remove_from_boards", { workspace: PLACE, member: leaver.id })),
    }),
    () => ({
      run: (bench) =>
        unlessAbsent(
          confirmAndApply(bench, "remove_from_boards", {
            workspace: PLACE,
            member: guest.id,
            boards: boardIds(bench).slice(0, 2),
          }),
        ),
    }),
  ],
  remove_from_workspace: [
    () => ({
      run: (bench) =>
        unlessAbsent(
          confirmAndApply(bench, "remove_from_workspace", { workspace: PLACE, member: leaver.id }),
        ),
    }),
  ],
  add_to_boards: [
    () => ({
      async prepare(bench) {
        makeGroup(bench.sandbox.world, "Crew", [successor.idScim ?? ""]);
        await linkEmail(bench, successor);
      },
      run: (bench) =>
        confirmAndApply(bench, "add_to_boards", {
          workspace: PLACE,
          group: "Crew",
          boards: boardIds(bench),
          removeOthers: true as never,
        }),
    }),
  ],
  offboard_member: [
    () => ({
      run: (bench) =>
        unlessAbsent(
          confirmAndApply(bench, "offboard_member", {
            members: PEOPLE.filter(({ id }) => id !== successor.id).map(({ id }) => id),
            rung: "boards",
          }),
        ),
    }),
    () => ({
      run: (bench) =>
        unlessAbsent(
          confirmAndApply(bench, "offboard_member", {
            members: [leaver.id, guest.id],
            reassignTo: deputy.id,
          }),
        ),
    }),
  ],
  remediate_review: [
    () => ({
      prepare: async (bench) => {
        for (const person of PEOPLE) await linkEmail(bench, person);
      },
      async run(bench) {
        const { reviewId, findings } = await reviewOf(bench);
        return findings.length === 0
          ? null
          : confirmAndApply(bench, "remediate_review", { reviewId, findings });
      },
    }),
  ],
  scim_update_group: [
    () => ({
      async prepare({ sandbox: { world } }) {
        // Trello shows the accounts of members, so it is certain who the Group's people are.
        world.trello.showsAaId = true;
        makeGroup(
          world,
          TEAM,
          [leaver, successor].map(({ idScim }) => idScim ?? ""),
        );
      },
      async run(bench) {
        const { boards } = bench.sandbox.world.trello;
        const isOn = [...boards.values()].some(
          ({ closed, memberships }) => !closed && memberships.some(({ idMember }) => idMember === leaver.id),
        );
        if (!isOn) return null;
        return confirmAndApply(bench, "scim_update_group", { group: TEAM, remove: [leaver.email] });
      },
    }),
  ],
  plan_roster_changes: [
    () => ({
      prepare: async (bench) => {
        for (const person of PEOPLE) await linkEmail(bench, person);
      },
      async run(bench) {
        const rows = PEOPLE.map(({ email }) => `${email},left`);
        const csv = ["email,status", ...rows, `${SEED.admin.email},active`].join("\n");
        const plan = await bench.engine.propose(
          "plan_roster_changes",
          { csv, workspace: PLACE },
          bench.caller,
        );
        if (plan.effects.length === 0) return null;
        return confirmAndApply(bench, "plan_roster_changes", { csv, workspace: PLACE });
      },
    }),
  ],
  revoke_invitations: [
    () => ({
      prepare: inviteSome,
      run: (bench) => confirmAndApply(bench, "revoke_invitations", { workspace: PLACE, emails: INVITED }),
    }),
  ],
  // It undoes what any tool did; undoing an addition ends memberships.
  restore_member: [
    () => {
      let runId = "";
      return {
        async prepare(bench) {
          runId = await additionOf(bench);
        },
        run: async (bench) => (runId === "" ? null : confirmAndApply(bench, "restore_member", { runId })),
      };
    },
  ],
};
