import type { Finding } from "../domain/review.ts";
import type { RosterPerson } from "../domain/roster.ts";
import { joinedOf } from "../people/person.ts";
import { accessOf, daysBefore, finding, type ReviewWorld } from "./finding.ts";
import type { Match } from "./match.ts";
import type { ReviewedPerson } from "./people.ts";

/**
 * Findings about people who have access, from three facts: what the rosters say, the domain of the email, and the last
 * activity.
 */
export function accessFindings(world: ReviewWorld): readonly Finding[] {
  const domains = domainsOf(world);
  const missingEvidence = createMissingEvidence(world);
  return world.people.flatMap((person) => {
    const places = accessOf(person);
    if (places.length === 0) return [];
    const remedy = person.idMember === world.owner ? null : ("remove" as const);
    const matches = world.matches.of(person.idMember);
    const about = { person, places, remedy };
    return [
      ...closedFindings(matches).map(({ kind, confidence, evidence }) =>
        finding(kind, { ...about, confidence, evidence }),
      ),
      ...missingEvidence(person, matches).map((evidence) =>
        finding("not_in_roster", { ...about, evidence: [evidence] }),
      ),
      ...externalEvidence(person, domains).map((evidence) =>
        finding("external_domain", { ...about, evidence: [evidence] }),
      ),
      ...dormantEvidence(person, world).map((evidence) =>
        finding("dormant", { ...about, evidence: [evidence, ...signInLines(matches)] }),
      ),
    ];
  });
}

/**
 * Findings about a person who has access although a roster says that the person has left or is blocked. The finding is
 * only likely if the row was found only by a name or by an email that may belong to another person. It is also only
 * likely if another roster says that the person is active.
 */
function closedFindings(matches: readonly Match[]): readonly {
  readonly kind: "leaver_with_access" | "deactivated_with_access";
  readonly confidence: Finding["confidence"];
  readonly evidence: readonly string[];
}[] {
  const closed = matches.filter(({ row }) => row.status === "gone" || row.status === "blocked");
  if (closed.length === 0) return [];
  const isOpenElsewhere = matches.some(
    ({ row, confidence }) => row.status === "active" && confidence === "certain",
  );
  const isProven = closed.some(({ confidence }) => confidence === "certain");
  return [
    {
      kind: closed.some(({ row }) => row.status === "gone")
        ? "leaver_with_access"
        : "deactivated_with_access",
      confidence: isProven && !isOpenElsewhere ? "certain" : "likely",
      evidence: [
        ...closed.map(
          ({ roster, row, by }) =>
            `${roster.name} says ${row.says ?? row.status} (${row.row}, matched by ${by}).`,
        ),
        ...(isOpenElsewhere ? ["Another roster says that this person is active."] : []),
        ...(isProven
          ? []
          : ["The roster's row may be another person's: it has no id and no proven email of this person."]),
      ],
    },
  ];
}

/**
 * Finds people who are on no roster. Only a person with a proven email gets this finding, and only if all rosters were
 * read completely.
 */
function createMissingEvidence({ rosters }: ReviewWorld) {
  const isWhole = rosters.length > 0 && rosters.every(({ gaps }) => gaps.length === 0);
  const listed = new Set(rosters.flatMap(({ people }) => people.flatMap(addressesOf)));
  const names = rosters.map(({ name, people }) => `${name} (${people.length} people)`).join(" or ");
  return ({ emails }: ReviewedPerson, matches: readonly Match[]): readonly string[] => {
    if (!isWhole || emails.length === 0 || matches.length > 0) return [];
    if (emails.some((email) => listed.has(email))) return [];
    return [`${emails.join(", ")} is not on ${names}, which was read completely.`];
  };
}

/**
 * All addresses of a row, including weak addresses (emails that may belong to another person). A weak address does not
 * prove whose row it is. But if a person has the address, the person does not count as missing from the roster.
 */
function addressesOf({ emails, weakEmails = [] }: RosterPerson): readonly string[] {
  return [...emails, ...weakEmails];
}

function externalEvidence({ emails }: ReviewedPerson, domains: ReadonlySet<string>): readonly string[] {
  if (emails.length === 0 || domains.size === 0) return [];
  if (emails.some((email) => domains.has(domainOf(email)))) return [];
  return [
    `No active person on a roster has an email in the domain of ${emails.join(", ")}. Domains of the rosters: ${[...domains].sort().slice(0, 5).join(", ")}.`,
  ];
}

/** The email domains of the active people on the rosters. */
function domainsOf({ rosters }: ReviewWorld): ReadonlySet<string> {
  const emails = rosters.flatMap(({ people }) =>
    people.filter(({ status }) => status === "active").flatMap((row) => row.emails),
  );
  return new Set(emails.map(domainOf));
}

function domainOf(email: string): string {
  return email.slice(email.lastIndexOf("@") + 1);
}

/**
 * Finds people who were not active in Trello for `dormantDays` days. People who joined during these days, and people
 * whose last activity is unknown, get no such finding.
 */
function dormantEvidence(person: ReviewedPerson, { now, dormantDays }: ReviewWorld): readonly string[] {
  const since = daysBefore(now, dormantDays);
  if (person.lastActive === null || new Date(person.lastActive).toISOString() >= since) return [];
  const joined = person.places.flatMap((place) => joinedOf(place.person) ?? []);
  if (joined.some((date) => date >= since)) return [];
  return [`Last active on ${person.lastActive.slice(0, 10)}, more than ${dormantDays} days ago.`];
}

/**
 * Lines about the person's last sign-in as the rosters show it. The sign-in may have been to a product other than
 * Trello.
 */
function signInLines(matches: readonly Match[]): readonly string[] {
  return matches.flatMap(({ roster, row, confidence }) =>
    confidence === "certain" && row.lastSignIn
      ? [`${roster.name} says that the last sign-in was on ${row.lastSignIn.slice(0, 10)}.`]
      : [],
  );
}
