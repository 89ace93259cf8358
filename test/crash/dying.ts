import type { Store } from "../../src/store/store.ts";

/** Around which write of a run, from 1, and on which side of it, the process ends. */
export interface Death {
  readonly write: number;
  readonly side: "before" | "after";
}

export interface Dying {
  readonly store: Store;
  /** Writes of a run so far. */
  count(): number;
}

/**
 * A store whose writes of a run are counted, the spending of its plan, or the claim that takes it up again, being the
 * first; `die` is called around the one that `death` names, as if the power failed there.
 */
export function createDying(whole: Store, death: Death | null, die: () => void): Dying {
  let count = 0;
  const counted = async <T>(write: () => Promise<T>): Promise<T> => {
    count += 1;
    const mine = count;
    if (death?.write === mine && death.side === "before") die();
    const answer = await write();
    if (death?.write === mine && death.side === "after") die();
    return answer;
  };
  return {
    count: () => count,
    store: {
      ...whole,
      plans: { ...whole.plans, startRun: (...given) => counted(() => whole.plans.startRun(...given)) },
      runs: {
        ...whole.runs,
        claim: (...given) => counted(() => whole.runs.claim(...given)),
        append: (...given) => counted(() => whole.runs.append(...given)),
        setState: (...given) => counted(() => whole.runs.setState(...given)),
        pause: (...given) => counted(() => whole.runs.pause(...given)),
        finish: (...given) => counted(() => whole.runs.finish(...given)),
      },
    },
  };
}
