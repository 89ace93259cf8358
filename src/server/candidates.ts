import { z } from "zod";
import { clean } from "../domain/text.ts";

/** Somebody or something that a name may mean, as errors carry it. */
const candidate = z.object({
  id: z.string(),
  name: z.string().optional(),
  email: z.string().optional(),
  confidence: z.string().optional(),
  reason: z.string().optional(),
});

const candidates = z.array(
  z.union([candidate, z.string().transform((id): z.output<typeof candidate> => ({ id }))]),
);

/** A line for each candidate of an error's details, `Ada Lovelace (@ada) [id]: likely, same name`; none where there are none. */
export function candidateLines(details: unknown): readonly string[] {
  const parsed = candidates.safeParse(details);
  if (!parsed.success) return [];
  return parsed.data.map(({ id, name, email, confidence, reason }) => {
    const who = [name && clean(name, 200), email && `<${email}>`, `[${id}]`].filter(Boolean).join(" ");
    const why = [confidence, reason].filter(Boolean).join(", ");
    return why ? `${who}: ${why}` : who;
  });
}
