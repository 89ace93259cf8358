import type { ReadResourceResult, ResourceTemplateType } from "@modelcontextprotocol/server";
import type { Caller } from "../domain/planning.ts";
import type { Review } from "../domain/review.ts";
import { nullIfNotFound } from "../domain/error.ts";
import { stateOf } from "../domain/sign-off.ts";
import type { Engine } from "../engine/engine.ts";
import { reviewHtml } from "../report/matrix.ts";
import { PACKAGE_FORMS } from "../report/review-package.ts";
import { reviewCsv, reviewMarkdown } from "../report/review.ts";

interface ReviewForm {
  /** The ending of the resource's address. The Markdown form has no ending, because most clients show Markdown. */
  readonly ending: string;
  readonly mimeType: string;
  readonly title: string;
  write(review: Review): string;
}

const FORMS: readonly ReviewForm[] = [
  { ending: "", mimeType: "text/markdown", title: "Access review for a ticket", write: reviewMarkdown },
  { ending: ".html", mimeType: "text/html", title: "Access review with its matrix", write: reviewHtml },
  { ending: ".csv", mimeType: "text/csv", title: "Access list of a review", write: reviewCsv },
];

const PACKAGE = /^trello-identity:\/\/reviews\/([\w-]{1,100})\/package(\.json)?$/;
const ADDRESS = /^trello-identity:\/\/reviews\/([\w-]{1,100})(\.\w+)?$/;

/** The addresses of the final package of a named review. */
export function packageAddresses(reviewId: string): readonly string[] {
  return ["", ".json"].map((ending) => `trello-identity://reviews/${reviewId}/package${ending}`);
}

export const REVIEW_TEMPLATES: readonly ResourceTemplateType[] = [
  ...FORMS.map(({ ending, mimeType, title }) => ({
    uriTemplate: `trello-identity://reviews/{reviewId}${ending}`,
    name: `review${ending}`,
    title,
    description: "Findings, access of each person, and what was read.",
    mimeType,
  })),
  ...packageAddresses("{reviewId}").map((uriTemplate, index) => ({
    uriTemplate,
    name: `review-package${index === 0 ? "" : ".json"}`,
    title: "Package of a signed review",
    description: "The list of people, findings, each decision with note and time, signatures and hash.",
    mimeType: PACKAGE_FORMS[index]?.mimeType ?? "text/plain",
  })),
];

/** Reads one review as an MCP resource. null if the caller has no review with the address (URI) of the resource. */
export async function readReview(
  engine: Engine,
  caller: Caller,
  uri: string,
): Promise<ReadResourceResult | null> {
  const [wanted, named, json] = PACKAGE.exec(uri) ?? [];
  if (wanted !== undefined) return await readPackage(engine, caller, { uri, id: named ?? "", json });
  const [, id, ending = ""] = ADDRESS.exec(uri) ?? [];
  const form = FORMS.find((each) => each.ending === ending);
  const review = id === undefined || !form ? null : await engine.context(caller).review(id);
  if (!review || !form) return null;
  return { contents: [{ uri, mimeType: form.mimeType, text: form.write(review) }] };
}

/** The final package of a named review; null until every reviewer has signed. */
async function readPackage(
  engine: Engine,
  caller: Caller,
  { uri, id, json }: { readonly uri: string; readonly id: string; readonly json: string | undefined },
): Promise<ReadResourceResult | null> {
  const record = await nullIfNotFound(() => engine.signOffs.own(id, caller));
  if (!record || !stateOf(record).isSigned) return null;
  const form = PACKAGE_FORMS[json === undefined ? 0 : 1];
  return { contents: [{ uri, mimeType: form.mimeType, text: form.write(record) }] };
}
