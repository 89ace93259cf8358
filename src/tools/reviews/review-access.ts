import { z } from "zod";
import { type Finding, FINDING_KINDS } from "../../domain/review.ts";
import { clean, listNames, plural } from "../../domain/text.ts";
import { requireReview } from "../../reviews/review.ts";
import { defineReadTool } from "../define.ts";
import { column, cursor, limit } from "../support/fields.ts";
import { makeReview, rostersField, workspacesField } from "../support/make-review.ts";
import { moreLine, paginate } from "../support/page.ts";

const input = z.strictObject({
  workspaces: workspacesField,
  rosters: rostersField.describe("`scim` or connection names; default without csv: all"),
  csv: z.string().min(1).max(5_000_000).describe("who should have access: complete CSV or JSON").optional(),
  column: column.optional(),
  dormantDays: z.int().min(1).max(3650).default(90),
  compareWith: z.string().min(1).max(60).describe("id of an earlier review").optional(),
  kinds: z.array(z.enum(FINDING_KINDS)).min(1).optional(),
  limit: limit.default(25),
  cursor: cursor.optional(),
});

const finding = z.object({
  id: z.string(),
  kind: z.enum(FINDING_KINDS),
  severity: z.enum(["high", "medium", "low"]),
  confidence: z.enum(["certain", "likely"]),
  person: z.object({ idMember: z.string(), label: z.string(), email: z.string().nullable() }).nullable(),
  places: z.array(
    z.object({ workspace: z.string(), name: z.string(), role: z.string().nullable(), boards: z.number() }),
  ),
  evidence: z.array(z.string()),
  remedy: z.string().nullable(),
  since: z.enum(["new", "open"]).optional(),
});

export default defineReadTool({
  name: "review_access",
  title: "Review access",
  description:
    "Finds people who have access and should not: compares workspaces with rosters. remediate_review acts on findings.",
  toolset: "reviews",
  input,
  output: z.object({
    reviewId: z.string(),
    at: z.string(),
    coverage: z.array(z.string()),
    counts: z.record(z.string(), z.number()),
    total: z.number(),
    findings: z.array(finding),
    accepted: z.array(z.string()).optional(),
    solved: z.array(z.string()).optional(),
    nextCursor: z.string().optional(),
  }),
  async read(args, context) {
    const [reviewId, place] = args.cursor === undefined ? [] : cutCursor(args.cursor);
    const before = args.compareWith === undefined ? null : await requireReview(args.compareWith, context);
    const review =
      reviewId === undefined
        ? await makeReview(args, before, context)
        : await requireReview(reviewId, context);
    const open = review.findings.filter(({ accepted }) => accepted === undefined);
    const accepted = review.findings.filter((each) => each.accepted !== undefined);
    const wanted = open.filter(({ kind }) => args.kinds?.includes(kind) ?? true);
    const order = new Map(wanted.map(({ id }, index) => [id, String(index).padStart(8, "0")]));
    const page = paginate(wanted, {
      limit: args.limit,
      cursor: place,
      of: ["review_access", review.id, ...(args.kinds ?? [])],
      sort: ({ id }) => order.get(id) ?? "",
      id: ({ id }) => id,
    });
    const known = new Set(before?.findings.filter((each) => !each.accepted).map(({ id }) => id));
    const now = new Set(review.findings.map(({ id }) => id));
    return {
      reviewId: review.id,
      at: review.at,
      coverage: [...review.coverage],
      counts: countsOf(open),
      total: wanted.length,
      findings: page.rows.map((row) => ({
        ...shown(row),
        ...(before && { since: known.has(row.id) ? ("open" as const) : ("new" as const) }),
      })),
      ...(accepted.length > 0 && { accepted: accepted.map(acceptedLine) }),
      ...(before && { solved: before.findings.filter(({ id }) => !now.has(id)).map(oneLine) }),
      ...(page.cursor && { nextCursor: `${review.id}.${page.cursor}` }),
    };
  },
  text: ({ reviewId, counts, total, findings, coverage, accepted, solved, nextCursor }) =>
    [
      `Review ${reviewId}: ${plural(total, "finding")}${total > 0 ? `: ${countsText(counts)}` : ""}. Shown: ${findings.length}${moreLine(nextCursor)}`,
      ...findings.map(
        ({ id, kind, confidence, person, places, evidence, remedy, since }) =>
          `${id} ${since === "new" ? "new " : ""}${kind} (${confidence}): ${person?.label ?? listNames(places.map(({ name }) => name))}. ${evidence.join(" ")}${remedy ? ` Remedy: ${remedy}.` : ""}`,
      ),
      ...(accepted ? [`Accepted, so not listed: ${listNames(accepted, 10, { separator: "; " })}`] : []),
      ...(solved && solved.length > 0
        ? [`Solved since the earlier review: ${listNames(solved, 10, { separator: "; " })}`]
        : []),
      ...coverage,
      `Report: trello-identity://reviews/${reviewId} (also with .html and .csv)`,
    ].join("\n"),
});

function cutCursor(cursor: string): readonly [string, string] {
  const dot = cursor.indexOf(".");
  return [cursor.slice(0, Math.max(dot, 0)), cursor.slice(dot + 1)];
}

function acceptedLine(finding: Finding): string {
  return `${oneLine(finding)}, until ${finding.accepted?.until} (${clean(finding.accepted?.reason ?? "", 200)})`;
}

function shown({ places, person, role: _role, accepted: _accepted, ...row }: Finding) {
  return {
    ...row,
    person: person && { ...person },
    evidence: [...row.evidence],
    places: places.map(({ idOrganization, name, role, boards }) => ({
      workspace: idOrganization,
      name,
      role,
      boards: boards.length,
    })),
  };
}

function oneLine({ id, kind, person, places }: Finding): string {
  return `${id} ${kind}: ${clean(person?.label ?? places[0]?.name ?? "")}`;
}

function countsOf(findings: readonly Finding[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of findings) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(", ");
}
