import { z } from "zod";
import { AppError } from "../domain/error.ts";
import type { ScimWrites } from "../domain/writes.ts";
import type { Pass } from "./gateway.ts";
import { parseJson, parseReply } from "./parse.ts";
import { groupBody, type JsonObject, patchBody, userBody } from "./scim-body.ts";
import type { Send } from "./send.ts";
import { encode, type Upstream, type UpstreamRequest } from "./upstream.ts";

const created = z.object({ id: z.string() });

/** The SCIM directory's writes, one request each (RFC 7644 sections 3.3, 3.5 and 3.6). */
export function createScimWrites(send: Send, upstream: Upstream, pass: Pass): ScimWrites {
  async function write(request: Omit<UpstreamRequest, "effect">): Promise<string | null> {
    return (await send(upstream, { ...request, effect: "write" }, pass)).text;
  }
  const resources = (type: "Users" | "Groups") => ({
    async create(body: JsonObject) {
      const operation = `POST /${type}`;
      return createdId(await write({ operation, method: "POST", path: `/${type}`, body }), operation);
    },
    async change(method: "PUT" | "PATCH", id: string, body: JsonObject) {
      await write({ operation: `${method} /${type}/{id}`, method, path: `/${type}/${encode(id)}`, body });
    },
    async remove(id: string) {
      const method = "DELETE";
      await write({ operation: `DELETE /${type}/{id}`, method, path: `/${type}/${encode(id)}` });
    },
  });
  const users = resources("Users");
  const groups = resources("Groups");

  return {
    createUser: (resource) => users.create(userBody(resource)),
    replaceUser: (id, resource) => users.change("PUT", id, userBody(resource)),
    patchUser: (id, operations) => users.change("PATCH", id, patchBody(operations)),
    deleteUser: (id) => users.remove(id),
    createGroup: (resource) => groups.create(groupBody(resource)),
    replaceGroup: (id, resource) => groups.change("PUT", id, groupBody(resource)),
    patchGroup: (id, operations) => groups.change("PATCH", id, patchBody(operations)),
    deleteGroup: (id) => groups.remove(id),
  };
}

/** The new resource's id. It is there whatever became of the reply, so an unreadable one is no refusal. */
function createdId(text: string | null, operation: string): { readonly id: string } {
  const from = { upstream: "scim", operation } as const;
  try {
    return parseReply(created, parseJson(text, from), from);
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    throw new AppError(thrown.code, thrown.message, {
      next: "Look the new one up by its name; it was created.",
      applied: "yes",
      retry: "reconcile",
      details: thrown.details,
    });
  }
}
