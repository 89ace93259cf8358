import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Store } from "../../store/store.ts";

const DAY_MS = 86_400_000;
/** The newest key signs. The key before it is still accepted, because plans live for minutes and states for an hour. */
const KEPT = 2;

const stored = z.array(z.object({ key: z.string().min(43), madeAt: z.number() }));

/**
 * The keys that sign questions, or what a browser keeps during a sign-in, the newest first. They are in the store, so a question is valid after a restart and in
 * every process on the store. A new key is made every day. If two processes make one at the same time, the last one
 * counts, and a question that the other signed is asked again.
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
