import {
  type ListResourcesResult,
  type ReadResourceResult,
  type Resource,
  ResourceNotFoundError,
  type ResourceTemplateType,
} from "@modelcontextprotocol/server";
import { AppError } from "../domain/error.ts";
import type { Principal } from "../domain/plan.ts";
import type { Caller } from "../domain/planning.ts";
import type { Run } from "../domain/run.ts";
import { clean } from "../domain/text.ts";
import type { Engine } from "../engine/engine.ts";
import { EVIDENCE_FORMS, type EvidenceForm } from "../report/forms.ts";
import { reportOf } from "../report/record.ts";

/** Evidence as MCP resources: of the caller's own principal only; somebody else's run looks like none at all. */
export interface Resources {
  readonly templates: ResourceTemplateType[];
  list(caller: Caller, cursor: string | undefined): Promise<ListResourcesResult>;
  read(caller: Caller, uri: string): Promise<ReadResourceResult>;
}

// Markdown is what most clients show, so its address has no ending.
const ENDINGS: readonly (readonly [ending: string, form: EvidenceForm])[] = [
  ["", EVIDENCE_FORMS.markdown],
  [".html", EVIDENCE_FORMS.html],
  [".json", EVIDENCE_FORMS.json],
];

const ADDRESS = /^trello-identity:\/\/runs\/([\w-]{1,100})\/evidence(\.\w+)?$/;

/** Where the evidence of a run is read; `ending` says in which form. */
function address(runId: string, ending: string): string {
  return `trello-identity://runs/${runId}/evidence${ending}`;
}

export function createResources({ engine }: { readonly engine: Engine }): Resources {
  return {
    templates: ENDINGS.map(([ending, { mimeType, title }]) => ({
      uriTemplate: address("{runId}", ending),
      name: `evidence${ending}`,
      title,
      description: "Who asked, who decided, every change, and what was found when everything was read again.",
      mimeType,
    })),
    async list(caller, cursor) {
      const { runs, next } = await recentRuns(engine, await engine.principal(caller), cursor);
      return {
        resources: runs.flatMap((run) => [
          entry(run, "", EVIDENCE_FORMS.markdown),
          entry(run, ".html", EVIDENCE_FORMS.html),
        ]),
        ...(next === null ? {} : { nextCursor: next }),
      };
    },
    async read(caller, uri) {
      const [, runId, ending = ""] = ADDRESS.exec(uri) ?? [];
      const form = ENDINGS.find(([each]) => each === ending)?.[1];
      const run = runId === undefined || form === undefined ? null : await engine.run(runId);
      if (!run || !form || run.plan.principal.id !== (await engine.principal(caller)).id) {
        throw new ResourceNotFoundError(clean(uri, 200));
      }
      return { contents: [{ uri, mimeType: form.mimeType, text: form.write(reportOf(run)) }] };
    },
  };
}

function entry(run: Run, ending: string, { mimeType }: EvidenceForm): Resource {
  const { result, title, runs } = reportOf(run);
  return {
    uri: address(run.id, ending),
    name: `${run.id}-evidence${ending}`,
    title: clean(`${result}: ${title}`, 120),
    description: `Evidence of ${run.id}, ${runs[0]?.effects.length ?? 0} changes, tool ${run.plan.tool}`,
    mimeType,
    annotations: { audience: ["user", "assistant"], lastModified: run.endedAt ?? run.startedAt },
  };
}

const SHOWN = 25;
const READ_AT_ONCE = 50;
/** Pages of other principals' runs that one call looks through before it hands on to the next. */
const MOST_PAGES = 10;

/**
 * The newest runs of a principal and a cursor for those before them, null where there are none. A page can have fewer
 * runs than the next one, where many belong to others. INPUT_INVALID for a cursor that this server did not write.
 */
async function recentRuns(
  engine: Pick<Engine, "run" | "runs">,
  principal: Pick<Principal, "id">,
  cursor: string | undefined,
): Promise<{ readonly runs: readonly Run[]; readonly next: string | null }> {
  let before = cursor === undefined ? undefined : await startOf(engine, cursor);
  const found: Run[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const runs = await engine.runs({
      limit: READ_AT_ONCE,
      ...(before === undefined ? {} : { before }),
    });
    for (const [index, run] of runs.entries()) {
      if (found.length === SHOWN) return { runs: found, next: cursorOf(before) };
      before = run.id;
      if (run.plan.principal.id === principal.id) found.push(run);
      if (index === runs.length - 1 && runs.length < READ_AT_ONCE) return { runs: found, next: null };
    }
    if (runs.length === 0) return { runs: found, next: null };
  }
  return { runs: found, next: cursorOf(before) };
}

function cursorOf(before: string | undefined): string | null {
  return before === undefined ? null : Buffer.from(before).toString("base64url");
}

async function startOf(engine: Pick<Engine, "run">, cursor: string): Promise<string> {
  const runId = Buffer.from(cursor, "base64url").toString();
  if ((await engine.run(runId)) !== null) return runId;
  throw new AppError("INPUT_INVALID", "This cursor was not given out by this server.", {
    next: "List again without a cursor.",
  });
}
