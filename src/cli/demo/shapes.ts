// The parts of the tools' answers that the demo reads.
import { z } from "zod";

export const found = z.object({
  candidates: z.array(
    z.object({ id: z.string(), name: z.string(), confidence: z.string(), reason: z.string() }),
  ),
});

export const access = z.object({
  member: z.object({ name: z.string() }),
  workspaces: z.array(
    z.object({ id: z.string(), name: z.string(), role: z.string(), boardCount: z.number() }),
  ),
  scimUser: z.object({ userName: z.string(), active: z.boolean() }).optional(),
  atlassian: z
    .object({ products: z.array(z.object({ product: z.string(), lastActive: z.string().nullable() })) })
    .optional(),
  blindSpots: z.array(z.string()),
});

export const planned = z.object({
  status: z.literal("planned"),
  summary: z.string(),
  plan: z.object({
    effects: z.array(z.object({ description: z.string() })),
    requires: z.string(),
    digest: z.string(),
  }),
});

export const changed = z.object({ status: z.string(), summary: z.string(), runId: z.string() });

export const scimUser = z.object({ userName: z.string(), active: z.boolean() });
