import type { Json } from "../domain/json.ts";
import type { PlanContext } from "../domain/planning.ts";
import type { AppliedEffect } from "../domain/run.ts";
import { clean } from "../domain/text.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";

/**
 * The ghost in a workspace that this server invited under an email, as its id; null where there is not exactly one.
 * Whoever invites chooses a ghost's name, so that the name is an email proves nothing: only the name that our own
 * invitation gave counts, and not of somebody who had it before.
 */
export type OurGhosts = (email: string) => string | null;

/** Of a workspace, by what the ledger of invitations has of it. */
export async function ourGhosts(snapshot: WorkspaceSnapshot, context: PlanContext): Promise<OurGhosts> {
  const isEmpty = !snapshot.memberships.some(({ member }) => member.memberType === "ghost");
  if (isEmpty) return () => null;
  const rows = await context.applied({
    ops: ["invite_workspace_member", "invite_board_member", "revoke_invitation"],
    idOrganization: snapshot.workspace.id,
  });
  return ghostsOf(snapshot, rows);
}

/** Of a workspace, by effects that invited and revoked, the newest first. */
export function ghostsOf({ memberships }: WorkspaceSnapshot, rows: readonly AppliedEffect[]): OurGhosts {
  const ghosts = memberships.filter(({ member }) => member.memberType === "ghost");
  return (email) => {
    const ours = rows.filter(({ effect }) => effect.target["email"] === email);
    const end = ours.findIndex(({ effect }) => effect.op === "revoke_invitation");
    const sent = end < 0 ? ours : ours.slice(0, end);
    const first = sent.at(-1);
    if (!first) return null;
    // Sent again, the invitation found its own ghost there; what was there before the first one is of somebody else.
    const others = sent.filter(({ runId }) => runId === first.runId).flatMap(sameNameOf);
    const names = sent.map(({ effect }) => nameIn(effect.after));
    const [only, ...more] = ghosts.filter(
      ({ idMember, member }) => names.includes(clean(member.fullName)) && !others.includes(idMember),
    );
    return only && more.length === 0 ? only.idMember : null;
  };
}

function sameNameOf({ effect }: AppliedEffect): readonly Json[] {
  const same = fieldOf(effect.before, "sameName");
  return Array.isArray(same) ? same : [];
}

function nameIn(state: AppliedEffect["effect"]["after"]): string | null {
  const name = fieldOf(state, "fullName");
  return typeof name === "string" ? clean(name) : null;
}

function fieldOf(state: AppliedEffect["effect"]["after"], name: string): Json | undefined {
  return state !== null && typeof state === "object" && !Array.isArray(state)
    ? (state as Readonly<Record<string, Json>>)[name]
    : undefined;
}
