import { itemsOf, signedContent } from "../../../src/domain/sign-off.ts";
import { openStoreAt } from "../../support/wiring.ts";
import { userNamed } from "../atlassian.ts";
import type { Way } from "../describe-tool.ts";
import { WORKSPACES } from "../world.ts";

/** The settings under which the review tools are there. */
export const REVIEWS = { IDENTITY_TOOLSETS: "directory,membership,offboarding,scim,reviews" };

export interface Found {
  readonly id: string;
  readonly kind: string;
  readonly confidence: string;
  readonly person: { readonly idMember: string; readonly email: string | null } | null;
  readonly evidence: readonly string[];
  readonly remedy: string | null;
  readonly since?: string;
}

export async function review(way: Way, args: Readonly<Record<string, unknown>> = {}) {
  const reply = await way.call("review_access", args);
  return {
    ...reply,
    id: String(reply.structured["reviewId"]),
    found: (reply.structured["findings"] ?? []) as readonly Found[],
    coverage: (reply.structured["coverage"] ?? []) as readonly string[],
  };
}

/** A roster of everybody in the company's directory but those named. */
export function rosterWithout(way: Way, ...emails: readonly string[]): string {
  const rows = [...way.world.atlassian.directory.users.values()]
    .map(({ userName }) => userName)
    .filter((email) => !emails.includes(email));
  return ["email,department", ...rows.map((email) => `${email},IT`)].join("\n");
}

/** Deactivates the person's User in the directory alone, and lets Trello show whose account it is. */
export function shutOut(way: Way, email: string): void {
  way.world.trello.showsAaId = true;
  setActive(way, email, false);
}

/** Activates the person's User in the directory again. */
export function letIn(way: Way, email: string): void {
  setActive(way, email, true);
}

function setActive({ world }: Way, email: string, active: boolean): void {
  const user = userNamed(world, email);
  if (!user) throw new Error(`no SCIM user ${email}`);
  user.active = active;
}

/** A named review of one workspace, and its undecided items. */
export async function startedReview(way: Way) {
  const started = await way.call("start_review", { name: "Q4", workspaces: [WORKSPACES.standard.id] });
  const id = String(started.structured["reviewId"]);
  const { structured } = await way.call("get_review", { reviewId: id, limit: 100 });
  return {
    id,
    items: structured["items"] as readonly { readonly item: string }[],
    undecided: (structured["counts"] as { readonly undecided: number }).undecided,
  };
}

/** Decides as the named reviewer, and signs, as the page would write it down: what `removed` names goes, the rest stays. */
export async function signReview(
  way: Way,
  reviewId: string,
  removed: readonly string[],
  acceptedUntil: string | null = null,
): Promise<void> {
  const store = await openStoreAt((way.product.env["IDENTITY_STORE_URL"] ?? "").replace(/^sqlite:/, ""));
  const at = new Date().toISOString();
  try {
    await store.signOffs.append(reviewId, ({ review: list, signOff }) => ({
      kind: "decided",
      at,
      by: "jo",
      reviewer: signOff.reviewers[0] ?? "",
      decisions: itemsOf(list).map(({ id, person }) => {
        const decision = removed.includes(person.idMember) ? ("remove" as const) : ("keep" as const);
        const until = decision === "keep" ? acceptedUntil : null;
        return { item: id, decision, note: until === null ? null : "Known", until };
      }),
    }));
    await store.signOffs.append(reviewId, (record, hash) => ({
      kind: "signed",
      at,
      by: "jo",
      reviewer: record.signOff.reviewers[0] ?? "",
      hash: hash(signedContent(record, record.entries)),
    }));
  } finally {
    await store.close();
  }
}
