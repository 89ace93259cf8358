/** A SCIM 2.0 server that is not ours (scimmy with its Express routers), over a directory in memory. */
import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import express from "express";
import { Resources, Schemas, Types } from "scimmy";
import { SCIMMYRouters } from "scimmy-routers";
import { onTestFinished } from "vitest";

type Row = { readonly id: string; readonly [name: string]: unknown };

interface Directory {
  readonly users: Map<string, Row>;
  readonly groups: Map<string, Row>;
}

/** What a handler of the library is handed of a request. */
interface Asked {
  readonly id?: string;
  readonly filter?: { match(rows: Row[]): Row[] };
}

/** Reading, writing and deleting of one kind of resource; `key` must be unique, whatever its case. */
function handlers(rows: (directory: Directory) => Map<string, Row>, key: string) {
  const nameOf = (row: object) => String((row as Record<string, unknown>)[key]).toLowerCase();
  const refuse = (status: number, type: string | null, message: string): never => {
    throw new Types.Error(status, type as string, message);
  };
  return {
    egress(asked: Asked, directory: Directory) {
      const all = [...rows(directory).values()];
      if (asked.id === undefined) return asked.filter ? asked.filter.match(all) : all;
      return rows(directory).get(asked.id) ?? refuse(404, null, `Resource ${asked.id} not found`);
    },
    ingress(asked: Asked, resource: object, directory: Directory) {
      const id = asked.id ?? randomUUID();
      if (asked.id !== undefined && !rows(directory).has(id)) refuse(404, null, `Resource ${id} not found`);
      const taken = [...rows(directory).values()].some(
        (row) => row.id !== id && nameOf(row) === nameOf(resource),
      );
      if (taken) refuse(409, "uniqueness", `${key} is taken`);
      const row = { ...(JSON.parse(JSON.stringify(resource)) as object), id };
      rows(directory).set(id, row);
      return row;
    },
    degress(asked: Asked, directory: Directory) {
      if (!rows(directory).delete(asked.id ?? "")) refuse(404, null, `Resource ${asked.id} not found`);
    },
  };
}

// The library keeps its kinds of resources in one place for the process; what they hold comes with each request.
Resources.declare(Resources.User.extend(Schemas.EnterpriseUser, false), {
  ...handlers(({ users }) => users, "userName"),
} as never);
Resources.declare(Resources.Group, {
  ...handlers(({ groups }) => groups, "displayName"),
} as never);

/** Serves one directory under Atlassian's path until the test ends; `env` is all that a client needs to be told. */
export async function startScimServer(): Promise<{
  readonly env: Readonly<Record<string, string>>;
  readonly directory: Directory;
  /** Method and path of each request. */
  readonly heard: readonly string[];
}> {
  const directory: Directory = { users: new Map(), groups: new Map() };
  const [id, token] = [randomUUID(), "independent-scim-token"];
  const heard: string[] = [];
  const app = express();
  app.use((request, _response, next) => {
    heard.push(`${request.method} ${request.path.replace(/[0-9a-f-]{36}/g, "{id}")}`);
    // The routers turn startIndex and count into numbers in place, where Express 5 reads the query anew each time.
    Object.defineProperty(request, "query", { value: { ...request.query } });
    next();
  });
  app.use(
    `/scim/directory/${id}`,
    new SCIMMYRouters({
      type: "bearer",
      context: () => directory,
      handler(request) {
        if (request.headers.authorization !== `Bearer ${token}`) throw new Error("unknown token");
        return "client";
      },
    }),
  );
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = {
    ATLASSIAN_API_BASE_URL: url,
    ATLASSIAN_SCIM_DIRECTORY_ID: id,
    ATLASSIAN_SCIM_TOKEN: token,
  };
  return { env, directory, heard };
}
