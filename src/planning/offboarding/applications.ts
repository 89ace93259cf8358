import {
  type ApplicationReads,
  type ApplicationUser,
  applicationUserLabel,
} from "../../domain/application.ts";
import { type Effect, placeOf } from "../../domain/effect.ts";
import { AppError, reasonOf } from "../../domain/error.ts";
import type { PlanPart, Subject } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import type { Reads } from "../../domain/reads.ts";
import { clean, listNames } from "../../domain/text.ts";
import { setApplicationActive } from "../../effects/applications.ts";
import { findInApplication, severalText, unreadText } from "../../people/applications.ts";
import { combine } from "../plan-part.ts";
import type { Leaver } from "./leavers.ts";
import { emailsOfLeaver, emailWarnings, type HigherRung } from "./rungs.ts";
import type { Skipped } from "./skipped.ts";

/** The connected SCIM applications. CONFIG_INVALID if none is connected. */
export function requireApplications({ applications = [] }: Reads): readonly ApplicationReads[] {
  if (applications.length > 0) return applications;
  throw new AppError("CONFIG_INVALID", "No further application is connected.", {
    next: "Call again without `everywhere`, or ask the administrator to name applications under directories in IDENTITY_CONNECTIONS_FILE.",
  });
}

/** The line about applications that the offboarding does not change. */
export function applicationsUntouched({ applications = [] }: Reads): readonly string[] {
  if (applications.length === 0) return [];
  return [
    `Users in further applications: ${listNames(
      applications.map(({ name }) => name),
      10,
    )}`,
  ];
}

/** A person who leaves, with the one email that is used to search the applications. */
interface Searched {
  readonly who: string;
  readonly email: string;
}

/**
 * Plans to take away the person's user in every connected application. The user is found by a proven email, or by an
 * email that the caller gives, which a person must approve.
 * What an application does not allow or does not show is skipped, with the reason. If an application does not answer,
 * the run waits for it.
 */
export async function applicationRung(leavers: readonly Leaver[], context: PlanContext): Promise<HigherRung> {
  const applications = requireApplications(context.reads);
  const skipped: Skipped[] = [];
  const subjects: Subject[] = [];
  const searched: Searched[] = [];
  const warnings: string[] = [];
  for (const leaver of leavers) {
    const emails = await emailsOfLeaver(leaver, context);
    const [own] = emails.proven;
    if (!own) {
      skipped.push({ rung: "application", who: leaver.label, why: "no source proves the email" });
      continue;
    }
    warnings.push(...emailWarnings(leaver, emails));
    searched.push({ who: leaver.label, email: own.email });
    subjects.push({
      email: own.email,
      emails: [own.email],
      ...(leaver.person && { countsAs: leaver.person.idMember }),
      ...(emails.stated !== null && { identifiedBy: "stated_email" as const }),
    });
  }
  const parts: HigherRung[] = [];
  for (const application of applications) parts.push(await partOf(application, searched));
  const whole = combine(...parts, { warnings });
  return {
    ...whole,
    // `subjects` contains only people whose user in an application changes. The other people lose nothing in the
    // applications.
    subjects: subjects.filter(({ email }) => whole.effects.some(({ target }) => target["email"] === email)),
    skipped: [...skipped, ...parts.flatMap((part) => part.skipped)],
  };
}

async function partOf(application: ApplicationReads, people: readonly Searched[]): Promise<HigherRung> {
  const { name } = application;
  const effects: Effect[] = [];
  const skipped: Skipped[] = [];
  const waits: PlanPart[] = [];
  const [absent, inactive]: [string[], string[]] = [[], []];
  for (const { who, email } of people) {
    const skip = (why: string) => skipped.push({ rung: "application", who, why });
    const found = await findInApplication(application, email);
    if (found.state === "none") absent.push(who);
    else if (found.state === "several") skip(severalText(name, email, found.users));
    else if (found.state === "unread") {
      if (application.write && found.error.retry === "later") {
        effects.push(effectOn(application, email, null));
        waits.push(waitingPart(name, email, found.error));
      } else skip(unreadText(name, found.error));
    } else if (found.user.active === false) inactive.push(who);
    else if (!application.write)
      skip(
        `${name}: has a user with this email, but this server may not change users there ("write" is not true in the connections file)`,
      );
    else effects.push(effectOn(application, email, found.user));
  }
  return {
    ...combine(...waits, {
      effects,
      untouched: [
        ...listed(
          absent,
          (names) =>
            `The application ${name} has no user with the email of ${names} (searched: ${application.search})`,
        ),
        ...listed(
          inactive,
          (names) => `The application ${name}: these users were already not active: ${names}`,
        ),
      ],
    }),
    skipped,
  };
}

function listed(names: readonly string[], line: (names: string) => string): readonly string[] {
  return names.length === 0 ? [] : [line(listNames(names, 5))];
}

/**
 * The effect that deactivates a user in an application. If the application does not answer now, `user` is null. The run
 * then searches for the user by email when the application answers.
 */
function effectOn(
  { name, deactivate, undo }: ApplicationReads,
  email: string,
  user: ApplicationUser | null,
): Effect {
  return setApplicationActive.make({
    target: { application: name, email, ...(user && { userId: user.id }) },
    before: user
      ? { active: user.active ?? true, ...(user.userName !== "" && { userName: clean(user.userName, 254) }) }
      : { notRead: "the application did not answer" },
    after: { active: false, by: deactivate, ...(!undo && { final: true as const }) },
    label: user ? applicationUserLabel(user) : clean(email, 254),
    place: placeOf("application", { id: name, name }),
  });
}

function waitingPart(name: string, email: string, error: AppError): PlanPart {
  return {
    warnings: [
      `The application ${name} does not answer now (${clean(reasonOf(error), 200).replace(/\.$/, "")}). The run waits for it: when it answers, the run looks for the user with the email ${clean(email, 254)}, deactivates the user, and ends by itself.`,
    ],
    blindSpots: [
      `It is unknown whether the application ${name} has a user with the email ${clean(email, 254)}: it did not answer when this was planned.`,
    ],
  };
}
