import {
  type ListResourcesResult,
  type ReadResourceResult,
  type Resource,
  ResourceNotFoundError,
  type ResourceTemplateType,
} from "@modelcontextprotocol/server";
import type { Caller } from "../domain/planning.ts";
import { resultOf, type RunSummary } from "../domain/run.ts";
import { clean, plural } from "../domain/text.ts";
import type { Engine } from "../engine/engine.ts";
import { EVIDENCE_FORMS, evidenceAddress, type EvidenceForm } from "../report/forms.ts";
import { reportOf } from "../report/record.ts";
import { AUDIT_RESOURCE, readAudit } from "./audit.ts";
import { CARD_ADDRESS, readCard } from "./card.ts";
import { readReview, REVIEW_TEMPLATES } from "./reviews.ts";

/**
 * The MCP resources: evidence of runs, reviews, the audit log, and the card for the chat. Callers see only runs of
 * their own principal. The card is not in the list of resources, because the tool list has its address.
 */
export interface Resources {
  readonly templates: ResourceTemplateType[];
  list(caller: Caller, cursor: string | undefined): Promise<ListResourcesResult>;
  read(caller: Caller, uri: string): Promise<ReadResourceResult>;
}

// If the address of a run's evidence has no ending such as `.html`, the evidence is Markdown, because most clients show
// Markdown.
type Ending = Parameters<typeof evidenceAddress>[1];

export const ENDINGS: readonly (readonly [ending: Ending, form: EvidenceForm])[] = [
  ["", EVIDENCE_FORMS.markdown],
  [".html", EVIDENCE_FORMS.html],
  [".json", EVIDENCE_FORMS.json],
];

const ADDRESS = /^trello-identity:\/\/runs\/([\w-]{1,100})\/evidence(\.\w+)?$/;

const SHOWN = 25;

export function createResources({ engine }: { readonly engine: Engine }): Resources {
  return {
    templates: [
      ...REVIEW_TEMPLATES,
      ...ENDINGS.map(([ending, { mimeType, title }]) => ({
        uriTemplate: evidenceAddress("{runId}", ending),
        name: `evidence${ending}`,
        title,
        description:
          "Who asked, who decided, every change, and what was found when everything was read again.",
        mimeType,
      })),
    ],
    async list(caller, cursor) {
      const { runs, cursor: next } = await engine.runs({ caller, limit: SHOWN, cursor });
      return {
        resources: [
          ...(cursor === undefined ? [AUDIT_RESOURCE] : []),
          ...runs.flatMap((run) => [
            entry(run, "", EVIDENCE_FORMS.markdown),
            entry(run, ".html", EVIDENCE_FORMS.html),
          ]),
        ],
        ...(next === null ? {} : { nextCursor: next }),
      };
    },
    async read(caller, uri) {
      if (uri === CARD_ADDRESS) return readCard();
      const other = (await readReview(engine, caller, uri)) ?? (await readAudit(engine, caller, uri));
      if (other) return other;
      const [, runId, ending = ""] = ADDRESS.exec(uri) ?? [];
      const form = ENDINGS.find(([each]) => each === ending)?.[1];
      const run = runId === undefined || form === undefined ? null : await engine.run(runId, caller);
      if (!run || !form) throw new ResourceNotFoundError(clean(uri, 200));
      return { contents: [{ uri, mimeType: form.mimeType, text: form.write(reportOf(run)) }] };
    },
  };
}

function entry(run: RunSummary, ending: Ending, { mimeType }: EvidenceForm): Resource {
  return {
    uri: evidenceAddress(run.id, ending),
    name: `${run.id}-evidence${ending}`,
    title: clean(`${resultOf(run)}: ${run.summary}`, 120),
    description: `Evidence of ${run.id}, ${plural(run.total, "change")}, tool ${run.tool}`,
    mimeType,
    annotations: { audience: ["user", "assistant"], lastModified: run.endedAt ?? run.startedAt },
  };
}
