import { expect, test } from "vitest";
import { batchUrls } from "../../src/sandbox/dispatch.ts";
import { SEED } from "../../src/sandbox/index.ts";
import { open, trello } from "./support.ts";

test("answers every url in order, successes and failures", async () => {
  const sandbox = await open();
  const urls = [
    "/members/me?fields=username%2Cinitials",
    `/boards/${SEED.boards.hidden.id}`,
    "/boards/ffffffffffffffffffffffff",
    "/nothing/here",
  ];
  const answer = await trello(sandbox)("GET", `/batch?urls=${encodeURIComponent(urls.join(","))}`);
  expect(answer.json).toEqual([
    { "200": { id: SEED.admin.id, username: SEED.admin.username, initials: "PR" } },
    { "401": "unauthorized permission requested" },
    { "404": "The requested resource was not found." },
    { "404": "Cannot GET /nothing/here" },
  ]);
  expect(sandbox.requests).toHaveLength(1);
  expect(sandbox.requests[0]).toMatchObject({ operation: "GET /batch", status: 200, subrequests: urls });
});

test("takes at most ten urls, and no batch in a batch", async () => {
  const sandbox = await open();
  const call = trello(sandbox);
  expect((await call("GET", `/batch?urls=${Array(11).fill("/members/me").join(",")}`)).status).toBe(400);
  expect((await call("GET", "/batch")).status).toBe(400);
  expect((await call("GET", "/batch?urls=/batch?urls=/members/me")).json).toEqual([
    { "400": "a batch cannot hold a batch" },
  ]);
});

test("a comma inside a url must be encoded, once by hand and twice in an encoded query", () => {
  const urls = ["/a?fields=id%2Cname", "/b"];
  expect(batchUrls(new URLSearchParams({ urls: urls.join(",") }).toString())).toEqual(urls);
  expect(batchUrls("key=k&urls=/a?fields=id%2Cname,/b")).toEqual(["/a?fields=id,name", "/b"]);
  expect(batchUrls("urls=/a?fields=id,name")).toEqual(["/a?fields=id", "name"]);
});
