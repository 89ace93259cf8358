import { createContext, runInContext } from "node:vm";
import { STATES } from "../../src/report/card/states.ts";

export interface View {
  readonly tone: string;
  readonly state: string;
  readonly lead: string;
  readonly title: string;
  readonly url: string;
  readonly follow: string;
  readonly until: string;
  readonly progress: { readonly done: number; readonly failed: number; readonly total: number } | null;
  readonly facts: readonly (readonly [name: string, text: string])[];
  readonly lists: readonly (readonly [tone: string, name: string, lines: readonly string[]])[];
}

/** The card's own script, as far as it needs no browser: what is shown of each answer, one after the other. */
export function viewsOf(answers: readonly unknown[]): readonly View[] {
  const context = createContext({ URL, answers: JSON.stringify(answers) });
  return JSON.parse(
    runInContext(
      `${STATES}; let known = {}; JSON.stringify(JSON.parse(answers).map((answer) => {
        const made = viewOf(known, answer);
        known = made.known;
        return made.view;
      }))`,
      context,
    ) as string,
  ) as readonly View[];
}

/** What is shown after the last of these answers. */
export const viewOf = (...answers: readonly unknown[]): View => {
  const view = viewsOf(answers).at(-1);
  if (!view) throw new Error("no answer, no view");
  return view;
};
export const linesOf = ({ lists }: View, name: string) => lists.find(([, each]) => each === name)?.[2] ?? [];
