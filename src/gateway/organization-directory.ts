import { z } from "zod";
import { AppError } from "../domain/error.ts";
import type { Pass } from "./gateway.ts";
import { parseJson, parseReply } from "./parse.ts";
import type { Send } from "./send.ts";
import { encode } from "./upstream.ts";
import type { Upstream } from "./upstream.ts";

const DIRECTORIES = { upstream: "organization", operation: "GET /v2/orgs/{orgId}/directories" } as const;
const directories = z.object({ data: z.array(z.object({ directoryId: z.string() })) });

/** The organization's one directory. An id never changes, so it is asked once in the life of the process. */
export type Directory = (pass: Pass) => Promise<string>;

export function createDirectory(send: Send, upstream: Upstream, orgId: string): Directory {
  let known: string | null = null;
  return async (pass) => {
    known ??= await askDirectory(send, upstream, orgId, pass);
    return known;
  };
}

async function askDirectory(send: Send, upstream: Upstream, orgId: string, pass: Pass): Promise<string> {
  const { operation } = DIRECTORIES;
  const path = `/admin/v2/orgs/${encode(orgId)}/directories`;
  const { text } = await send(upstream, { operation, method: "GET", path, effect: "read" }, pass);
  const { data } = parseReply(directories, parseJson(text, DIRECTORIES), DIRECTORIES);
  const [only, ...others] = data;
  if (!only) {
    throw new AppError("NOT_FOUND", "The Atlassian organization has no directory that its key can see.", {
      next: "Ask the administrator what ATLASSIAN_ORG_API_KEY may do.",
    });
  }
  if (others.length > 0) {
    throw new AppError("AMBIGUOUS", `The Atlassian organization has ${data.length} directories.`, {
      next: "Suspend or restore access at admin.atlassian.com, where the directory can be chosen.",
      details: { candidates: data.map(({ directoryId }) => directoryId) },
    });
  }
  return only.directoryId;
}
