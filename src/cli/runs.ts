import { userInfo } from "node:os";
import { AppError, sentenceOf } from "../domain/error.ts";
import { isDone, type RunSummary, unknownRun } from "../domain/run.ts";
import { clean } from "../domain/text.ts";
import { EVIDENCE_FORMS } from "../report/forms.ts";
import { reportOf } from "../report/record.ts";
import { type Command, type CommandIo, print } from "./support/command.ts";
import { type Product, wire } from "./support/product.ts";
import { configureStore, type Flags, readFlags } from "./support/settings.ts";

const SHOWN = 50;

interface Given {
  readonly id: string;
  readonly json: boolean;
  readonly reason: string | null;
}

/** Lists the runs in this store, shows a run with its evidence, or stops an unfinished run. */
export const run: Command = async (io) => {
  const flags = readFlags("runs", io.args);
  const config = await configureStore(io, flags.settings, flags.values.tenant);
  const product = await wire(config, { tools: [], writeLog: (line) => io.stderr.write(line) });
  try {
    const { json = false, reason = null } = flags.values;
    return await VERBS[flags.verb](product, io, { id: flags.id, json, reason });
  } finally {
    await product.close();
  }
};

type Act = (product: Product, io: CommandIo, given: Given) => Promise<number>;

const VERBS: Readonly<Record<Flags<"runs">["verb"], Act>> = {
  async list({ store }, { stdout }, { json }) {
    const runs = await store.runs.list({ limit: SHOWN });
    if (json) print(stdout, JSON.stringify(runs));
    else if (runs.length === 0) print(stdout, "This store has no runs.");
    else print(stdout, ...runs.map(runLine));
    return 0;
  },
  async show({ store }, { stdout }, { id, json }) {
    const found = await store.runs.get(id);
    if (!found) throw notInStore();
    const form = json ? EVIDENCE_FORMS.json : EVIDENCE_FORMS.markdown;
    stdout.write(form.write(reportOf(found)));
    return 0;
  },
  // This command asks for no confirmation, so a script may use it too. Stopping is safe: its only effect is that the
  // run sends nothing more.
  async stop({ engine, store }, { stdout }, { id, reason }) {
    if (!(await store.runs.get(id))) throw notInStore();
    const { effects, stopped } = await engine.stop(id, { by: userInfo().username, reason });
    const done = effects.filter(isDone).length;
    print(stdout, `Stopped. Changes made: ${done} of ${effects.length}. ${stopped?.next ?? ""}`);
    return 0;
  },
};

/** The tool's error names another tool as the next step. At a terminal, the user needs a command instead. */
function notInStore(): AppError {
  const { code, message } = unknownRun();
  return new AppError(code, message, {
    next: "`runs list` shows the runs of the store that IDENTITY_STORE_URL names.",
  });
}

function runLine({ id, state, done, total, startedAt, tool, summary, stopped }: RunSummary): string {
  const why = stopped ? `; ${sentenceOf(stopped)}` : "";
  return `${id}  ${startedAt.slice(0, 16)}  ${state.padEnd(9)}  ${done}/${total}  ${tool}: ${clean(summary, 120)}${why}`;
}
