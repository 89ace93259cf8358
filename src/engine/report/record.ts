import { z } from "zod";

/** What reading everything again showed; PENDING while the run has not ended. */
const evidenceResult = z.enum(["PASS", "INCOMPLETE", "PENDING"]);
export type EvidenceResult = z.infer<typeof evidenceResult>;

const recordedEffect = z.object({
  description: z.string(),
  op: z.string(),
  /** The resource by its ids, for example `<idBoard>/<idMember>`. */
  id: z.string(),
  before: z.json(),
  after: z.json(),
  reversible: z.boolean(),
  state: z.enum(["pending", "sent", "applied", "already", "lost", "failed"]),
  /** Whether the wanted state was true when read again; null where nobody looked. */
  confirmed: z.boolean().nullable(),
  attempts: z.number(),
  sentAt: z.string().nullable(),
  settledAt: z.string().nullable(),
  error: z.string().nullable(),
});
export type RecordedEffect = z.infer<typeof recordedEffect>;

/** All that the evidence of one run tells, whatever form it is shown in. Text is cleaned, times are ISO 8601. */
const evidenceRecord = z.object({
  runId: z.string(),
  result: evidenceResult,
  state: z.string(),
  tool: z.string(),
  summary: z.string(),
  askedBy: z.object({ id: z.string(), name: z.string(), client: z.string() }),
  reason: z.string().nullable(),
  ticket: z.string().nullable(),
  requires: z.enum(["none", "two_step", "client", "approval", "four_eyes"]),
  decision: z
    .object({
      by: z.string(),
      level: z.enum(["two_step", "client", "approval", "four_eyes"]),
      at: z.string(),
    })
    .nullable(),
  planId: z.string(),
  digest: z.string(),
  plannedAt: z.string(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  checkedAt: z.string().nullable(),
  /** Upstream requests, re-planning and verification included; null until they are counted. */
  requests: z.number().nullable(),
  effects: z.array(recordedEffect),
  /** What is left and why; empty only for PASS. */
  remaining: z.array(z.string()),
  blindSpots: z.array(z.string()),
  /** What stays as it is: not asked for, or left out with the reason. */
  remains: z.array(z.string()),
  /** What the person who decided was told: warnings, losses, what cannot be undone. */
  told: z.array(z.string()),
});
export type EvidenceRecord = z.infer<typeof evidenceRecord>;

/** The evidence of one run, or of several that did one job. */
export const evidenceReport = z.object({
  title: z.string(),
  result: evidenceResult,
  runs: z.array(evidenceRecord),
});
export type EvidenceReport = z.infer<typeof evidenceReport>;
