/**
 * The sandbox, driven by a client that others wrote and test against the live API: trello.js, whose schemas are strict
 * here, so that a reply with a field that Trello has not fails as well as one of a wrong type.
 */
import { createTrelloClient } from "trello.js";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { ZodError } from "zod";
import { SEED, startSandbox } from "../../src/sandbox/index.ts";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { trelloRoutes } from "../../src/sandbox/routes.ts";
import { trelloJsCalls } from "./trello-js-calls.ts";
import type { TrelloJs } from "./trello-js-calls.ts";

vi.hoisted(() => {
  // Read by trello.js when it is loaded.
  process.env["TRELLO_STRICT_SCHEMAS"] = "true";
});

/** Where trello.js is wrong and not the sandbox: what it says of the reply, and how that is known. */
const WRONG: Readonly<Record<string, { readonly says: readonly string[]; readonly because: string }>> = {
  "GET /enterprises/{id}/admins": {
    says: ["Invalid input: expected object, received array"],
    because:
      "its schema is the published one, of a single admin, where the words are `an enterprise's admin members`",
  },
};

let sandbox: Sandbox;
let client: TrelloJs;
beforeEach(async () => {
  sandbox = await startSandbox({ rateLimits: false });
  onTestFinished(() => sandbox.close());
  client = createTrelloClient({
    host: sandbox.trelloUrl,
    apiKey: SEED.app.key,
    apiToken: SEED.tokens.full,
  });
});

type Call = (parameters: object) => Promise<unknown>;

/** Names of parameters differ and mean nothing. */
const anonymous = (name: string) => name.replaceAll(/\{\w+\}/g, "{}");

/** Every operation that the client knows, learnt by calling all of it without a network. */
async function operationsOfTrelloJs(): Promise<Set<string>> {
  const names = new Set(["GET /batch"]);
  const recorder = {
    sendRequest<Result>(options: { readonly method?: string; readonly url: string }): Promise<Result> {
      names.add(anonymous(`${options.method ?? "GET"} ${options.url}`));
      return Promise.resolve(undefined as Result);
    },
  };
  const parameters = new Proxy({}, { get: (_, name) => `{${String(name)}}` });
  const { batch: _, ...areas } = createTrelloClient(recorder);
  const calls = Object.values(areas).flatMap((area) => Object.values(area as object)) as Call[];
  for (const call of calls) await call(parameters);
  return names;
}

test("every operation that both have is called", async () => {
  const known = await operationsOfTrelloJs();
  expect(known.size).toBeGreaterThan(150);
  const both = trelloRoutes.map(({ name }) => name).filter((name) => known.has(anonymous(name)));
  expect(Object.keys(trelloJsCalls).toSorted()).toEqual(both.toSorted());
});

describe("trello.js takes the reply of", () => {
  test.each(Object.entries(trelloJsCalls))("%s", async (name, call) => {
    const failure = await call(client, sandbox.world).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(complaints(failure)).toEqual(WRONG[name]?.says ?? []);
    expect(sandbox.requests.map(({ operation, status }) => [operation, status])).toEqual([[name, 200]]);
  });
});

/** What trello.js's schemas say of a reply, or whatever else went wrong. */
function complaints(failure: unknown): string[] {
  if (failure === null) return [];
  if (failure instanceof ZodError) return failure.issues.map(({ message }) => message);
  return [failure instanceof Error ? failure.message : "something that is no error was thrown"];
}

test("a reply that is not Trello's is refused", async () => {
  const [board] = sandbox.world.trello.boards.values();
  if (board) Object.assign(board, { closed: "no" });
  await expect(client.boards.getBoard({ id: board?.id ?? "" })).rejects.toThrow("closed");
});
