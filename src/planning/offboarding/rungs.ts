import type { Effect } from "../../domain/effect.ts";
import { AppError, nullIfNotFound } from "../../domain/error.ts";
import type { PlanPart, Subject } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { requireScim } from "../../domain/reads.ts";
import type { ScimUser } from "../../domain/scim.ts";
import { clean, nameKey } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { setEnterpriseDeactivated } from "../../effects/enterprise-members.ts";
import { accountKeyOf, findAccount } from "../../people/accounts.ts";
import { emailsOfMember, membersWithEmail, type OwnEmails } from "../../people/emails.ts";
import { enterpriseSubject, enterpriseTarget, requireEnterpriseMember } from "../../people/enterprise.ts";
import type { Person } from "../../people/person.ts";
import { scimLabel, scimName, scimSubject } from "../../people/scim-users.ts";
import { accessEffect } from "../accounts/access.ts";
import { lossesOf } from "../accounts/losses.ts";
import { readCards } from "../boards/cards.ts";
import type { Removal } from "../boards/removals.ts";
import { planSuccession, type Succession, type SuccessorArgs, successorOf } from "../boards/succession.ts";
import { combine } from "../plan-part.ts";
import type { Leaver, Rung } from "./leavers.ts";
import { enterpriseRefusal, type Skipped, WHY } from "./skipped.ts";

/** Plans to hand over the open cards and the boards of people who leave, if the call asks for that. */
export async function cardRung(
  leavers: readonly Leaver[],
  { rung, ...asked }: SuccessorArgs & { readonly rung: Rung },
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<Succession> {
  const people = leavers.flatMap(({ person }) => person ?? []);
  const successor = await successorOf(asked, people, snapshots, context);
  if (!successor) return { reassigned: new Set() };
  const removals = removalsOf(leavers, rung);
  const cardsOf = await readCards(removals, context.reads);
  return planSuccession(successor, { people, cardsOf, removals }, snapshots, context);
}

/**
 * The removals of all people who leave, from boards and workspaces. An offboarding up to the step `boards` keeps the
 * person in the workspace.
 */
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

/**
 * A part of a plan beyond boards and workspaces (enterprise, account or other applications), and the steps that the
 * plan skips, each with the person.
 */
export interface HigherRung extends PlanPart {
  readonly skipped: readonly Skipped[];
}

/**
 * Plans to deactivate people in the Trello Enterprise. Skips all people if Atlassian Administration manages the
 * enterprise.
 */
export async function enterpriseRung(leavers: readonly Leaver[], context: PlanContext): Promise<HigherRung> {
  const refusal = await enterpriseRefusal(context);
  if (refusal !== null) {
    return { skipped: leavers.map(({ label }) => ({ rung: "enterprise", who: label, why: refusal })) };
  }
  const effects: Effect[] = [];
  const skipped: Skipped[] = [];
  const subjects: Subject[] = [];
  for (const { label, person } of leavers) {
    const skip = (why: string) => skipped.push({ rung: "enterprise", who: label, why });
    if (!person) {
      skip(WHY.noEmail);
      continue;
    }
    // The person's email is looked up and stored first, because the search in the enterprise is faster with an email.
    await emailsOfMember(person, context);
    const row = await nullIfNotFound(() =>
      requireEnterpriseMember(person.idMember, context, person.member?.fullName),
    );
    if (!row) {
      skipped.push({ rung: "enterprise", who: label, why: WHY.notThere, moot: true });
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
  return { effects, skipped, subjects };
}

/** Plans to deactivate the Atlassian accounts of people by SCIM, and lists what each person loses with the account. */
export async function accountRung(leavers: readonly Leaver[], context: PlanContext): Promise<HigherRung> {
  requireScim(context.reads);
  const effects: Effect[] = [];
  const skipped: Skipped[] = [];
  const subjects: Subject[] = [];
  const parts: PlanPart[] = [];
  for (const leaver of leavers) {
    const emails = await emailsOfLeaver(leaver, context);
    parts.push({ warnings: emailWarnings(leaver, emails) });
    const { user, why } = await accountOf(leaver, emails, context);
    if (!user) {
      skipped.push({ rung: "account", who: leaver.label, why });
      continue;
    }
    // If the account was found only by the email, the email may belong to a new person today. So the names are
    // compared, and a difference gives a warning.
    if (emails.stated !== null || !leaver.person?.member?.aaId)
      parts.push({ warnings: nameWarnings(leaver, scimName(user)) });
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
  return { ...combine(...parts, { effects, subjects }), skipped };
}

/**
 * Returns the emails of a person; the email that the call gives comes first. `stated`: that email, if no source
 * confirms it; otherwise null.
 */
export async function emailsOfLeaver(
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
  await assertNotAnothers(stated, person, context);
  return { proven: [{ email: stated, source: "the caller" }, ...others], disputed, stated };
}

/** Throws CONFLICT if a source shows that the given email belongs to another member. */
async function assertNotAnothers(email: string, { idMember }: Person, context: PlanContext): Promise<void> {
  const proofs = await membersWithEmail(email, [], context);
  if (proofs.every((proof) => proof.confidence !== "certain" || proof.idMember === idMember)) return;
  throw new AppError("CONFLICT", `The email ${clean(email, 254)} belongs to another Trello member.`, {
    next: "Search with find_member. Then give the email of the right person, or call without `email`.",
  });
}

export function emailWarnings(
  { label }: Leaver,
  { proven: [, ...others], disputed, stated }: OwnEmails & { readonly stated: string | null },
): readonly string[] {
  return [
    ...(stated === null
      ? []
      : [
          `Only the caller says that ${clean(stated, 254)} is the email of ${label}; no source confirms it. Approve only if it is true.`,
        ]),
    ...disputed.map(
      (email) =>
        `The email ${clean(email, 254)} is recorded for ${label} and for another member, so it is not used to identify either.`,
    ),
    ...others.map(
      ({ email, source }) =>
        `${label} also has the email ${clean(email, 254)} (source: ${clean(source, 40)}). An account with that email is not changed.`,
    ),
  ];
}

/**
 * Warns if the account with the given email has a different name than the member, because the email may belong to
 * another person.
 */
function nameWarnings({ person, label }: Leaver, name: string): readonly string[] {
  const own = person?.member?.fullName ?? "";
  if (name === "" || own === "" || nameKey(name) === nameKey(own)) return [];
  return [
    `The account of that email has the name ${clean(name)}, not the name of ${label}. Check whose email it is.`,
  ];
}

/** The person's SCIM User. If none is found: null, with the reason and the names of the sources that were searched. */
async function accountOf(
  { person }: Leaver,
  { proven: [own], disputed }: OwnEmails,
  { reads }: PlanContext,
): Promise<{ readonly user: ScimUser; readonly why: null } | { readonly user: null; readonly why: string }> {
  const accountId = person?.member?.aaId ?? null;
  if (!own && accountId === null && disputed.length > 0) {
    return { user: null, why: "the only known email is recorded for another member too" };
  }
  const { user, why, searched } = await findAccount({ emails: own ? [own.email] : [], accountId }, reads);
  if (user) return { user, why: null };
  return { user: null, why: `${why}${searched.length > 0 ? ` (searched: ${searched.join(", ")})` : ""}` };
}
