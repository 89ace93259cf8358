import { z } from "zod";
import type { AtlassianAccount } from "../../domain/atlassian.ts";
import { AppError } from "../../domain/error.ts";
import type { Json } from "../../domain/json.ts";
import type { OrganizationReads } from "../../domain/reads.ts";
import { type Rows, wireText, withUnread } from "../../domain/wire.ts";
import type { OrganizationWrites } from "../../domain/writes.ts";
import type { Pass } from "../gateway.ts";
import { createMemo } from "../http/memo.ts";
import { assertAnswered, parseJson, parseReply, parseRows } from "../http/parse.ts";
import { encode } from "../http/request.ts";
import type { Send } from "../http/send.ts";
import type { Upstream } from "../http/upstream.ts";
import {
  accountOf,
  directoryUser,
  readAccountControl,
  EXPAND,
  searchPage,
  setAccountEnabled,
} from "./account.ts";

const SEARCH = {
  upstream: "organization",
  operation: "POST /v2/orgs/{orgId}/directories/{directoryId}/users/search",
} as const;

/** The accounts that a search found. */
const AT_ONCE = 10;

const LINKS = {
  upstream: "organization",
  operation: "GET /user-provisioning/v1/org/{orgId}/user/{accountId}/get-scim-links",
} as const;

/**
 * The forms of replies about the links between accounts and SCIM Users. They are taken from client libraries (jira.js,
 * atlassian-python), because Atlassian's published API description does not contain these requests.
 */
const scimLinks = z.object({ scimLinks: z.array(z.unknown()).nullish() });
const scimLink = z
  .object({ scimUserId: z.string(), directoryId: wireText, atlassianAccountId: wireText })
  .transform((link) => ({
    scimId: link.scimUserId,
    directoryId: link.directoryId ?? null,
    accountId: link.atlassianAccountId ?? null,
  }));

/**
 * The values that requests to the organization need. The admin API and the user management API have the same host and
 * API key.
 */
export interface Organization {
  readonly orgId: string;
  readonly upstream: Upstream;
  readonly directory: Directory;
}

/**
 * The reads of the organization API for one tool call or run. In a path, `-` means all directories of the organization.
 */
export function createOrganizationReads(
  send: Send,
  { orgId, upstream, directory }: Organization,
  pass: Pass,
): OrganizationReads {
  const memo = createMemo();

  async function search(criteria: { readonly [key: string]: Json }): Promise<Rows<AtlassianAccount>> {
    const { text } = await send(
      upstream,
      {
        operation: SEARCH.operation,
        method: "POST",
        path: `/admin/v2/orgs/${encode(orgId)}/directories/-/users/search`,
        body: { ...criteria, expand: [...EXPAND], limit: AT_ONCE },
        // A search changes nothing. It counts as a read, so that it is sent again after a failure.
        access: "read",
      },
      pass,
    );
    const { data } = parseReply(searchPage, parseJson(text, SEARCH), SEARCH);
    const { rows } = parseRows(directoryUser, data, SEARCH);
    return withUnread(rows.map(accountOf), rows);
  }

  return {
    accountByEmail: (email) =>
      memo(`email ${email.toLowerCase()}`, async () => {
        const found = await search({ emails: [email] });
        return found.find((account) => account.email?.toLowerCase() === email.toLowerCase()) ?? noneOf(found);
      }),
    async accountsByEmail(emails) {
      const wanted = [...new Set(emails.map((email) => email.toLowerCase()))];
      const parts = Array.from({ length: Math.ceil(wanted.length / AT_ONCE) }, (_, index) =>
        wanted.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
      );
      const found = await Promise.all(
        parts.map((part) => memo(`emails ${part.join(" ")}`, () => search({ emails: part }))),
      );
      return found.flat().filter((account) => wanted.includes(account.email?.toLowerCase() ?? ""));
    },
    account: (accountId) =>
      memo(`account ${accountId}`, async () => {
        const found = await search({ accountIds: [accountId] });
        return found.find((account) => account.accountId === accountId) ?? noneOf(found);
      }),
    scimLinks: (by) =>
      memo(`links ${JSON.stringify(by)}`, async () => {
        const root = `/admin/user-provisioning/v1/org/${encode(orgId)}`;
        const { text } = await send(
          upstream,
          "accountId" in by
            ? {
                operation: LINKS.operation,
                method: "GET",
                path: `${root}/user/${encode(by.accountId)}/get-scim-links`,
                access: "read",
              }
            : {
                operation: "POST /user-provisioning/v1/org/{orgId}/get-scim-links-for-email",
                method: "POST",
                path: `${root}/get-scim-links-for-email`,
                body: { email: by.email },
                // This request is a POST, but it only reads. So it may be sent again after a failure.
                access: "read",
              },
          pass,
        );
        const { scimLinks: links } = parseReply(scimLinks, parseJson(text, LINKS), LINKS);
        return parseRows(scimLink, links ?? [], LINKS).rows;
      }),
    manage: (accountId) =>
      memo(`manage ${accountId}`, () => readAccountControl(send, upstream, accountId, pass)),
    directoryId: () => directory(pass),
  };
}

/**
 * Returns null ("no such account") if every row of the reply could be read. Otherwise throws, because the searched
 * account may be in a row that could not be read.
 */
function noneOf({ unread = 0 }: Rows<AtlassianAccount>): null {
  if (unread === 0) return null;
  throw new AppError(
    "UPSTREAM_CONTRACT",
    `The reply to ${SEARCH.operation} contains entries that this server cannot read. The account may be one of them.`,
    {
      next: "Look at the account at admin.atlassian.com.",
      details: { ...SEARCH, unread },
    },
  );
}

const DIRECTORIES = { upstream: "organization", operation: "GET /v2/orgs/{orgId}/directories" } as const;
const directories = z.object({ data: z.array(z.object({ directoryId: z.string() })) });

/** Returns the id of the organization's only directory. The id never changes, so it is read only once. */
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
  const { text } = await send(upstream, { operation, method: "GET", path, access: "read" }, pass);
  const { data } = parseReply(directories, parseJson(text, DIRECTORIES), DIRECTORIES);
  const [only, ...others] = data;
  if (!only) {
    throw new AppError("NOT_FOUND", "The Atlassian organization has no directory that its key can see.", {
      next: "Ask the administrator to check the rights of ATLASSIAN_ORG_API_KEY.",
    });
  }
  if (others.length > 0) {
    throw new AppError("AMBIGUOUS", `The Atlassian organization has ${data.length} directories.`, {
      next: "Suspend or restore access at admin.atlassian.com. The directory can be chosen there.",
      details: { candidates: data.map(({ directoryId }) => directoryId) },
    });
  }
  return only.directoryId;
}

/** The writes of the organization API, each in one request. Suspend and restore first need the directory's id. */
export function createOrganizationWrites(
  send: Send,
  { orgId, upstream, directory }: Organization,
  pass: Pass,
): OrganizationWrites {
  async function setAccess(accountId: string, verb: "suspend" | "restore"): Promise<void> {
    const directoryId = await directory(pass);
    const operation = `POST /v2/orgs/{orgId}/directories/{directoryId}/users/{accountId}/${verb}`;
    const { text } = await send(
      upstream,
      {
        operation,
        method: "POST",
        path: `/admin/v2/orgs/${encode(orgId)}/directories/${encode(directoryId)}/users/${encode(accountId)}/${verb}`,
        access: "write",
      },
      pass,
    );
    if (text !== "") assertAnswered(text, { upstream: "organization", operation });
  }

  return {
    suspendAccess: (accountId) => setAccess(accountId, "suspend"),
    restoreAccess: (accountId) => setAccess(accountId, "restore"),
    disableAccount: (accountId) => setAccountEnabled(send, upstream, accountId, false, pass),
    enableAccount: (accountId) => setAccountEnabled(send, upstream, accountId, true, pass),
  };
}
