import type { Effect } from "../../domain/effect.ts";
import { AppError, nullIfNotFound } from "../../domain/error.ts";
import type { PlanPart, Subject } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { requireScim } from "../../domain/reads.ts";
import type { ScimUser } from "../../domain/scim.ts";
import { clean } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { setEnterpriseDeactivated } from "../../effects/enterprise-members.ts";
import { accountKeyOf, findAccount } from "../../people/accounts.ts";
import { emailsOfMember, membersWithEmail, type OwnEmails } from "../../people/emails.ts";
import {
  enterpriseSubject,
  enterpriseTarget,
  assertNotAdminHub,
  requireEnterpriseMember,
} from "../../people/enterprise.ts";
import type { Person } from "../../people/person.ts";
import { scimLabel, scimSubject } from "../../people/scim-users.ts";
import { accessEffect } from "../accounts/access.ts";
import { lossesOf } from "../accounts/losses.ts";
import { newAssigneeOf, readCards, reassign } from "../boards/cards.ts";
import type { Removal } from "../boards/removals.ts";
import { combine } from "../plan-part.ts";
import type { Leaver, Rung } from "./leavers.ts";
import type { Skipped } from "./skipped.ts";

/** Reassigns the open cards of the leavers, if that is asked for; `reassigned` are the ids of those cards. */
export async function cardRung(
  leavers: readonly Leaver[],
  reassignTo: string | undefined,
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<PlanPart & { readonly reassigned: ReadonlySet<string> }> {
  if (reassignTo === undefined) return { reassigned: new Set() };
  const assignee = await newAssigneeOf(reassignTo, snapshots, context);
  const leaving = new Set(leavers.flatMap(({ person }) => (person ? [person.idMember] : [])));
  if (assignee && leaving.has(assignee.idMember)) {
    throw new AppError("INPUT_INVALID", "Cards cannot be handed to a person who is offboarded.", {
      next: "Set reassignTo to a person who stays, or to nobody.",
    });
  }
  const cardsOf = await readCards(removalsOf(leavers, "boards"), context.reads);
  const each = leavers.flatMap(({ person }) =>
    person ? reassign(person, cardsOf(person.idMember), assignee, snapshots, leaving) : [],
  );
  return { ...combine(...each), reassigned: new Set(each.flatMap(({ reassigned }) => [...reassigned])) };
}

/** The boards, or the workspaces too, of every leaver. */
export function removalsOf(leavers: readonly Leaver[], rung: Rung): readonly Removal[] {
  return leavers.flatMap(({ places }) =>
    places.map(({ snapshot, person }) => ({
      snapshot,
      person,
      boards: person.boards,
      fromWorkspace: rung !== "boards",
    })),
  );
}

/** What a higher rung adds to the plan, and for whom it was asked for and is left out. */
export interface HigherRung extends PlanPart {
  readonly left: readonly Skipped[];
}

/** Deactivation in the Trello Enterprise; left out for everybody where Atlassian Administration manages it. */
export async function enterpriseRung(leavers: readonly Leaver[], context: PlanContext): Promise<HigherRung> {
  const closed = await whyClosed(context);
  if (closed !== null) {
    return { left: leavers.map(({ label }) => ({ rung: "enterprise", who: label, why: closed })) };
  }
  const effects: Effect[] = [];
  const left: Skipped[] = [];
  const subjects: Subject[] = [];
  for (const { label, person } of leavers) {
    const leave = (why: string) => left.push({ rung: "enterprise", who: label, why });
    if (!person) {
      leave("no member of the enterprise is proven to have this email");
      continue;
    }
    // Where the email is not known yet, this learns it, and the search below begins with it.
    await emailsOfMember(person, context);
    const row = await nullIfNotFound(() =>
      requireEnterpriseMember(person.idMember, context, person.member?.fullName),
    );
    if (!row) {
      left.push({ rung: "enterprise", who: label, why: "not found in the enterprise", moot: true });
      continue;
    }
    const { email } = row.member;
    if (email) await context.identities.learn({ email, idMember: person.idMember, source: "enterprise" });
    subjects.push(enterpriseSubject(row, person.idMember));
    if (row.deactivated === true) continue;
    effects.push(
      setEnterpriseDeactivated.make({
        target: enterpriseTarget(row, context),
        before: { deactivated: false },
        after: { deactivated: true },
        label,
      }),
    );
  }
  return { effects, left, subjects };
}

/** Why nobody can be deactivated in the enterprise, or null. */
async function whyClosed(context: PlanContext): Promise<string | null> {
  if (!context.reads.enterprise) return "TRELLO_ENTERPRISE_ID is not set";
  try {
    await assertNotAdminHub(context);
    return null;
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    if (thrown.code === "NOT_FOUND") return "nothing is found by TRELLO_ENTERPRISE_ID";
    if (thrown.code !== "UPSTREAM_FORBIDDEN") throw thrown;
    return thrown.message.replace(/\.$/, "");
  }
}

/** Deactivation of the Atlassian account by SCIM, with everything that goes with it. */
export async function accountRung(leavers: readonly Leaver[], context: PlanContext): Promise<HigherRung> {
  requireScim(context.reads);
  const effects: Effect[] = [];
  const left: Skipped[] = [];
  const subjects: Subject[] = [];
  const parts: PlanPart[] = [];
  for (const leaver of leavers) {
    const emails = await emailsOfLeaver(leaver, context);
    parts.push({ warnings: doubts(leaver, emails) });
    const { user, why } = await accountOf(leaver, emails, context);
    if (!user) {
      left.push({ rung: "account", who: leaver.label, why });
      continue;
    }
    subjects.push({
      ...scimSubject(user),
      ...(leaver.person && { countsAs: leaver.person.idMember }),
      ...(emails.stated !== null && { identifiedBy: "stated_email" as const }),
    });
    const off = await accessEffect(user, { how: "deactivate", access: false }, context.reads);
    if (off.length === 0 || effects.some(({ id }) => id === off[0]?.id)) continue;
    const { notes = [], ...lost } = await lossesOf(accountKeyOf(user), context.reads);
    effects.push(...off);
    const inOneLine = notes.length === 0 ? [] : [`${scimLabel(user)}: ${notes.join("; ")}`];
    parts.push({ ...lost, notes: leavers.length === 1 ? notes : inOneLine });
  }
  return { ...combine(...parts, { effects, subjects }), left };
}

/** The leaver's own emails, the one that was given for them first; `stated` is one that nothing but the caller shows. */
async function emailsOfLeaver(
  { person, email, stated }: Leaver,
  context: PlanContext,
): Promise<OwnEmails & { readonly stated: string | null }> {
  if (!person) {
    return { proven: email === null ? [] : [{ email, source: "the caller" }], disputed: [], stated: null };
  }
  const { proven, disputed } = await emailsOfMember(person, context);
  const wanted = stated ?? email;
  const given = proven.filter((own) => own.email === wanted);
  const others = proven.filter((own) => own.email !== wanted);
  if (stated === null || given.length > 0) return { proven: [...given, ...others], disputed, stated: null };
  await assertNobodyElses(stated, person, context);
  return { proven: [{ email: stated, source: "the caller" }, ...others], disputed, stated };
}

/** Throws CONFLICT if a source shows that a stated email is another member's. */
async function assertNobodyElses(email: string, { idMember }: Person, context: PlanContext): Promise<void> {
  const proofs = await membersWithEmail(email, [], context);
  if (proofs.every((proof) => proof.confidence !== "certain" || proof.idMember === idMember)) return;
  throw new AppError("CONFLICT", `The email ${clean(email, 254)} is another Trello member's.`, {
    next: "Look with find_member, and give the email of the right person or leave `email` out.",
  });
}

function doubts(
  { label }: Leaver,
  { proven: [, ...others], disputed, stated }: OwnEmails & { readonly stated: string | null },
): readonly string[] {
  return [
    ...(stated === null
      ? []
      : [
          `That ${clean(stated, 254)} is the email of ${label} is stated by the caller; nothing else shows it. Approve only if it is.`,
        ]),
    ...disputed.map(
      (email) =>
        `Sources give the email ${clean(email, 254)} to ${label} and to another member, so it counts for neither.`,
    ),
    ...others.map(
      ({ email, source }) =>
        `${label} is also linked to ${clean(email, 254)} (by ${clean(source, 40)}); an account of that email stays.`,
    ),
  ];
}

/** The SCIM User of the leaver, or why none is certainly theirs and what was searched. */
async function accountOf(
  { person }: Leaver,
  { proven: [own], disputed }: OwnEmails,
  { reads }: PlanContext,
): Promise<{ readonly user: ScimUser; readonly why: null } | { readonly user: null; readonly why: string }> {
  const accountId = person?.member?.aaId ?? null;
  if (!own && accountId === null && disputed.length > 0) {
    return { user: null, why: "sources give the only known email to another member too" };
  }
  const { user, why, searched } = await findAccount({ emails: own ? [own.email] : [], accountId }, reads);
  if (user) return { user, why: null };
  return { user: null, why: `${why}${searched.length > 0 ? ` (searched: ${searched.join(", ")})` : ""}` };
}
