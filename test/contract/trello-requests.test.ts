/** Whatever the gateway can send to Trello is as published, but for the gaps that are listed. */
import { describe, expect, test } from "vitest";
import { driveEverything, drivenMethods, methodsOf } from "./drive.ts";
import type { Driven, Mode } from "./drive.ts";
import { findings, insideBatch, sentTo } from "./findings.ts";
import type { Sent } from "./findings.ts";
import { findOperation, readSpec, specsMissing, whereSpecsAre } from "./specs.ts";
import { trelloGaps } from "./trello-gaps.ts";

const MODES: readonly Mode[] = ["plain", "signed"];

function trelloRequests({ sent }: Driven): Sent[] {
  return sent.flatMap((each) => sentTo("/trello/1", each) ?? []);
}

test("every method of the gateway is driven, and nothing that it has not", async () => {
  const { gateway } = await driveEverything("plain");
  const methods = methodsOf(gateway);
  expect(drivenMethods().toSorted()).toEqual(methods.toSorted());
  expect(methods).toContain("reads.trello.workspace");
  expect(methods).toContain("writes.scim.patchUser");
});

describe.each(MODES)("requests, %s", (mode) => {
  test.skipIf(specsMissing)(`are as published, but for the listed gaps${whereSpecsAre}`, async () => {
    const description = readSpec("trello");
    const outer = trelloRequests(await driveEverything(mode));
    const inner = outer.flatMap(insideBatch);
    expect(inner.length).toBeGreaterThan(20);
    const found = [
      ...outer.flatMap((sent) => findings(description, sent)),
      // A sub-request is authorized by its batch, which is held to that above.
      ...inner.flatMap((sent) => findings({ ...description, security: [] }, sent)),
    ];
    expect([...new Set(found)].toSorted()).toEqual(Object.keys(trelloGaps).toSorted());
  });

  test.skipIf(specsMissing)(
    `are the operations that the sandbox takes them for${whereSpecsAre}`,
    async () => {
      const description = readSpec("trello");
      const driven = await driveEverything(mode);
      const published = trelloRequests(driven).map(
        ({ method, path }) => findOperation(description, method, path)?.name,
      );
      const emulated = driven.sandbox.requests.filter(({ upstream }) => upstream === "trello");
      expect(published).toEqual(emulated.map(({ operation }) => operation));
      expect(emulated.map(({ status }) => status)).toEqual(emulated.map(() => 200));
    },
  );

  test("fill batches of at most ten routes, each from the root and without the version", async () => {
    const batches = trelloRequests(await driveEverything(mode)).filter(({ path }) => path === "/batch");
    expect(Math.max(...batches.map((batch) => insideBatch(batch).length))).toBe(10);
    for (const { path } of batches.flatMap(insideBatch)) expect(path).toMatch(/^\/(?!1\/)/);
  });
});
