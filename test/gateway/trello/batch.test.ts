import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressOf } from "../../../src/gateway/http/request.ts";
import { batchReplies, batchUrls, refusalWords } from "../../../src/gateway/trello/batch.ts";

describe("the urls of a batch", () => {
  it("keep the commas inside a route apart from those between routes", () => {
    const urls = batchUrls([
      { operation: "a", path: "/members/me", query: { fields: "id,username" } },
      { operation: "b", path: "/boards/x" },
    ]);
    expect(urls).toBe("/members/me?fields=id%2Cusername,/boards/x");
    const address = addressOf("https://api.trello.com/1", "/batch", { urls });
    expect(address.search).toContain("id%252Cusername%2C%2Fboards%2Fx");
  });

  it("come back whole from a server that decodes the query and splits at the commas", () => {
    const query = fc.dictionary(
      fc.constantFrom("fields", "filter", "query"),
      fc.string({ unit: "grapheme" }),
    );
    fc.assert(
      fc.property(fc.array(query, { minLength: 1, maxLength: 10 }), (queries) => {
        const urls = batchUrls(
          queries.map((each, index) => ({ operation: "x", path: `/a/${index}`, query: each })),
        );
        const arrived = addressOf("https://h", "/batch", { urls }).searchParams.get("urls") ?? "";
        const routes = arrived.split(",").map((route) => new URL(route, "https://h"));
        expect(routes.map(({ pathname }) => pathname)).toEqual(queries.map((_, index) => `/a/${index}`));
        expect(routes.map(({ searchParams }) => Object.fromEntries(searchParams))).toEqual(
          queries.map((each) => ({ ...each })),
        );
      }),
    );
  });
});

describe("the replies of a batch", () => {
  it("are a status and a body each, in both forms that Trello has for failures", () => {
    const failed = { name: "NotFoundError", message: "not here", statusCode: 404 };
    expect(batchReplies([{ 200: { id: "x" } }, { 401: "invalid token" }, failed], 3)).toEqual([
      { status: 200, body: { id: "x" } },
      { status: 401, body: "invalid token" },
      { status: 404, body: failed },
    ]);
    expect(refusalWords("invalid token")).toBe("invalid token");
    expect(refusalWords({ error: "API_TOKEN_LIMIT_EXCEEDED", message: "Rate limit exceeded" })).toBe(
      "API_TOKEN_LIMIT_EXCEEDED Rate limit exceeded",
    );
    expect(refusalWords(null)).toBe("");
  });

  it.each([[null], [{}], [[]], [[{ 200: 1 }, { 200: 2 }]], [["200"]], [[{ ok: 1 }]], [[null]]])(
    "that are something else are none: %j",
    (reply) => {
      expect(batchReplies(reply, 1)).toBeNull();
    },
  );
});
