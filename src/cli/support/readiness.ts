import { toAppError } from "../../domain/error.ts";
import type { Clock } from "../../domain/runtime.ts";
import type { Gateway } from "../../gateway/gateway.ts";
import { trySearch } from "../../people/sources.ts";
import type { Product } from "./product.ts";

/**
 * The upstreams are asked at most once in this time (ms). `/readyz` is called every few seconds, and each check costs a
 * request to every upstream.
 */
const ASK_EVERY_MS = 60_000;
/** How long (ms) `/readyz` waits for an answer of the upstreams. */
const PATIENCE_MS = 5_000;

/**
 * Says whether the server can work: the store must answer, and no upstream may refuse the credentials. The server also
 * counts as ready if an upstream does not answer, because a restart of the server would not help.
 */
export function createReadiness(
  { store, gateway, log }: Pick<Product, "store" | "log"> & { readonly gateway: Pick<Gateway, "reads"> },
  clock: Pick<Clock, "monotonic">,
): () => Promise<boolean> {
  const refused = new Set<string>();
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> = Promise.resolve();

  async function ask(): Promise<void> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const reads = gateway.reads({ priority: "interactive", signal });
    const { organization } = reads;
    const questions: readonly (readonly [string, (() => Promise<unknown>) | null])[] = [
      ["Trello", () => reads.trello.workspaces()],
      ["SCIM", reads.scim && (() => reads.scim?.users({ count: 1 }) ?? Promise.resolve())],
      ["organization", organization && (() => trySearch(organization))],
    ];
    await Promise.all(
      questions.map(async ([upstream, question]) => {
        const code = await (question?.() ?? Promise.resolve()).then(
          () => null,
          (thrown: unknown) => toAppError(thrown).code,
        );
        if (code === null) refused.delete(upstream);
        else if (code === "UNAUTHENTICATED" || code === "UPSTREAM_FORBIDDEN") {
          if (!refused.has(upstream)) log("warn", { upstream, code }, "an upstream refuses the credentials");
          refused.add(upstream);
        }
      }),
    );
  }

  return async () => {
    const stored = store.facts.get("ready").then(
      () => true,
      () => false,
    );
    if (clock.monotonic() - askedAt >= ASK_EVERY_MS) {
      askedAt = clock.monotonic();
      asking = ask();
    }
    await asking;
    return (await stored) && refused.size === 0;
  };
}
