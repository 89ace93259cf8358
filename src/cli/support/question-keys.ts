import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Store } from "../../store/store.ts";

const DAY_MS = 86_400_000;
/**
 * How many of the keys that sign questions are stored. The newer key signs; signatures of the older key are still
 * accepted. Two keys are enough, because a new key is made every day and a question is valid for an hour.
 */
const KEPT = 2;

const stored = z.array(z.object({ key: z.string().min(43), madeAt: z.number() }));

/**
 * The keys that sign questions to users and cookies of sign-ins, the newest first. The keys are in the store, so a
 * signature is valid after a restart, and in every process with the same store. A new key is made every day. If two
 * processes make a key at the same time, only one of the two keys is stored. A question that was signed with the other
 * key must be asked again.
 */
export function createQuestionKeys(
  { facts }: Pick<Store, "facts">,
  now: () => number,
  fact: "question_keys" | "sign_in_keys" = "question_keys",
): () => Promise<readonly string[]> {
  const read = async () => {
    const found = stored.safeParse(await facts.get(fact));
    return found.success ? found.data : [];
  };
  return async () => {
    let keys = await read();
    const [newest] = keys;
    if (!newest || now() - newest.madeAt >= DAY_MS) {
      const made = { key: randomBytes(32).toString("base64url"), madeAt: now() };
      await facts.set(fact, [made, ...keys].slice(0, KEPT));
      keys = await read();
    }
    return keys.map(({ key }) => key);
  };
}
