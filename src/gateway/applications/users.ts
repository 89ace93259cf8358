import { z } from "zod";
import {
  type ApplicationConnection,
  type ApplicationReads,
  type ApplicationRecord,
  type ApplicationUser,
  applicationUser,
  type ApplicationWrites,
} from "../../domain/application.ts";
import type { Budget } from "../../domain/budget.ts";
import { AppError } from "../../domain/error.ts";
import type { Json } from "../../domain/json.ts";
import { PATCH_SCHEMA } from "../../domain/scim.ts";
import type { Pass } from "../gateway.ts";
import { createMemo } from "../http/memo.ts";
import { assertAnswered, parseJson, parseReply } from "../http/parse.ts";
import { encode, type UpstreamRequest } from "../http/request.ts";
import type { Send } from "../http/send.ts";
import type { Upstream } from "../http/upstream.ts";
import { applicationBudget, createApplicationUpstream } from "./upstream.ts";

/** The connection to one SCIM application. It lives as long as the gateway. */
export interface ApplicationLine {
  readonly budget: Budget;
  reads(pass: Pass): ApplicationReads;
  /** The writes to the application; null if the connections file does not allow changes of its users. */
  writes(pass: Pass): ApplicationWrites | null;
}

/** `refused` is called if the application refuses the token. */
export function createApplicationLine(
  connection: ApplicationConnection,
  send: Send,
  refused: () => Promise<void>,
): ApplicationLine {
  const budget = applicationBudget(connection);
  const upstream = { ...createApplicationUpstream(connection, budget), refused };
  return {
    budget,
    reads: (pass) => readsOf(connection, { send, upstream, pass }),
    writes: (pass) => (connection.write ? writesOf(connection, { send, upstream, pass }) : null),
  };
}

interface Line {
  readonly send: Send;
  readonly upstream: Upstream;
  readonly pass: Pass;
}

const COUNT = 100;

const page = z
  .object({
    totalResults: z.coerce.number().int().min(0).nullish().catch(null),
    Resources: z.array(z.unknown()).nullish(),
    nextCursor: z.string().nullish().catch(null),
  })
  // If the list is empty, the field `Resources` may be missing. Another field must then show that the reply is a list.
  .refine(({ totalResults, Resources }) => totalResults != null || Resources != null, {
    path: ["totalResults"],
  });
type Page = z.infer<typeof page>;

const record = z.record(z.string(), z.json()).refine(({ id }) => id !== undefined, { path: ["id"] });

function readsOf(
  { name, write, deactivate, undo, form }: ApplicationConnection,
  { send, upstream, pass }: Line,
): ApplicationReads {
  const memo = createMemo();

  async function ask<Schema extends z.ZodType>(
    schema: Schema,
    { operation, path, query = {} }: { operation: string; path: string; query?: Record<string, string> },
  ): Promise<z.output<Schema>> {
    const { text } = await send(upstream, { operation, method: "GET", path, query, access: "read" }, pass);
    const from = { upstream: "application", operation } as const;
    return parseReply(schema, parseJson(text, from), from);
  }
  const list = (query: Record<string, string>) =>
    ask(page, { operation: "GET /Users", path: "/Users", query });
  const one = <Schema extends z.ZodType>(schema: Schema, id: string) =>
    ask(schema, { operation: "GET /Users/{id}", path: `/Users/${encode(id)}` });

  /**
   * All users that the application returns for the filter. The caller must check each user again, because an
   * application may ignore the filter and return other users too.
   */
  async function found(filter: string | null): Promise<readonly ApplicationUser[]> {
    const rows = new Map<string, ApplicationUser>();
    let seen = 0;
    const cursors = new Set<string>();
    for (let from: Record<string, string> | null = firstPage(form.paging); from !== null; ) {
      const answer = await list({ ...(filter !== null && { filter }), ...from, count: String(COUNT) });
      const answered = answer.Resources ?? [];
      const before = rows.size;
      for (const row of answered) {
        const parsed = applicationUser.safeParse(row);
        // If a row cannot be read, it may be the row of the searched person. So the whole search fails.
        if (!parsed.success) throw unread(name, "a user of the list has no id");
        rows.set(parsed.data.id, parsed.data);
      }
      seen += answered.length;
      from = nextPage(answer, { fresh: rows.size - before, seen, cursors });
    }
    return [...rows.values()];
  }

  function nextPage(
    { totalResults, nextCursor, Resources }: Page,
    { fresh, seen, cursors }: { fresh: number; seen: number; cursors: Set<string> },
  ): Record<string, string> | null {
    if (form.paging === "cursor") {
      if (!nextCursor) return null;
      if (cursors.has(nextCursor))
        throw unread(name, "the cursor for the next page leads back to an earlier page of the list");
      cursors.add(nextCursor);
      return { cursor: nextCursor };
    }
    const isWhole = totalResults == null ? (Resources ?? []).length === 0 : seen >= totalResults;
    // The server's total may be too small. So if a page is full, another page may follow.
    if (isWhole && (Resources ?? []).length < COUNT) return null;
    if (fresh > 0) return { startIndex: String(seen + 1) };
    if (isWhole || totalResults == null) return null;
    throw unread(name, `the application says that it has ${totalResults} users, but showed fewer`);
  }

  return {
    name,
    write,
    deactivate,
    undo,
    search: form.filter === null ? "all users" : `the attribute ${form.filter}`,
    async usersWithEmail(email) {
      const filter = form.filter === null ? null : `${form.filter} eq ${JSON.stringify(email)}`;
      const users = await memo(`users ${filter ?? ""}`, () => found(filter));
      return users.filter(
        ({ userName, emails }) => userName.toLowerCase() === email || emails.includes(email),
      );
    },
    user: (id) => memo(`user ${id}`, () => one(applicationUser, id)),
    record: (id) => one(record, id),
    async count() {
      const { totalResults } = await list({ ...firstPage(form.paging), count: "1" });
      return totalResults ?? null;
    },
  };
}

function firstPage(paging: ApplicationConnection["form"]["paging"]): Record<string, string> {
  return paging === "cursor" ? { cursor: "" } : { startIndex: "1" };
}

function unread(name: string, why: string): AppError {
  return new AppError(
    "UPSTREAM_CONTRACT",
    `The users of the application ${name} were not read completely: ${why}.`,
    {
      next: "Compare `paging` and `filter` in the connections file with the application's documentation.",
      details: { upstream: "application", operation: "GET /Users" },
    },
  );
}

function writesOf({ name, form }: ApplicationConnection, { send, upstream, pass }: Line): ApplicationWrites {
  async function write(request: Omit<UpstreamRequest, "access">): Promise<void> {
    const { text } = await send(upstream, { ...request, access: "write" }, pass);
    if (text !== "") assertAnswered(text, { upstream: "application", operation: request.operation });
  }
  const worded = (active: boolean): Json => (form.activeAsText ? (active ? "True" : "False") : active);
  const path = (id: string) => `/Users/${encode(id)}`;
  return {
    name,
    patchActive(id, active) {
      const value = worded(active);
      const operation =
        form.patch === "path"
          ? { op: "replace", path: "active", value }
          : { op: "replace", value: { active: value } };
      const body = { schemas: [PATCH_SCHEMA], Operations: [operation] };
      return write({ operation: "PATCH /Users/{id}", method: "PATCH", path: path(id), body });
    },
    putActive: (id, whole, active) =>
      write({
        operation: "PUT /Users/{id}",
        method: "PUT",
        path: path(id),
        body: { ...writable(whole), active: worded(active) },
      }),
    deleteUser: (id) => write({ operation: "DELETE /Users/{id}", method: "DELETE", path: path(id) }),
  };
}

/**
 * The record without the fields that only the server may set (RFC 7643 sections 3.1 and 4.1.2), because strict servers
 * refuse these fields in a PUT.
 */
function writable({ meta: _meta, groups: _groups, ...rest }: ApplicationRecord): ApplicationRecord {
  return rest;
}
