/** Whatever the gateway can send to Atlassian's admin APIs is as published, but for the gaps that are listed. */
import { describe, expect, test } from "vitest";
import { driveEverything } from "./drive.ts";
import { findings, sentTo } from "./findings.ts";
import type { Sent } from "./findings.ts";
import { mistakes } from "./schema.ts";
import { findOperation, readSpec, specsMissing, whereSpecsAre } from "./specs.ts";
import type { Description, SpecName } from "./specs.ts";

/** The descriptions, each with the path that its server has behind Atlassian's base URL. */
const SOURCES: readonly (readonly [SpecName, string])[] = [
  ["atlassian-scim", ""],
  ["atlassian-orgs", "/admin"],
  ["atlassian-user-management", ""],
];

const CAPITAL =
  "RFC 7644 section 3.5.2 and the description's own example have a capital O, its schema has not";
/** Findings that are the descriptions' own, and how that is known. */
const GAPS: Readonly<Record<string, string>> = {
  "PATCH /scim/directory/{directoryId}/Groups/{id}: $.Operations is not published": CAPITAL,
  "PATCH /scim/directory/{directoryId}/Users/{userId}: $.Operations is not published": CAPITAL,
};

/** Requests that no description has, and how they are known. */
const UNDESCRIBED: Readonly<Record<string, string>> = {
  "GET /admin/user-provisioning/v1/org/{}/user/{}/get-scim-links": "two public clients send it",
  "POST /admin/user-provisioning/v1/org/{}/get-scim-links-for-email": "two public clients send it",
};

const PATCHES: readonly string[] = [
  "PATCH /scim/directory/{directoryId}/Users/{userId}",
  "PATCH /scim/directory/{directoryId}/Groups/{id}",
];

interface Described {
  readonly name: string;
  readonly sent: Sent;
  readonly description: Description;
}

/** Every request to Atlassian, with the description that has its operation; rejects where none has. */
async function describedRequests(): Promise<Described[]> {
  const sources = SOURCES.map(([name, base]) => ({ description: readSpec(name), base }));
  const { sent } = await driveEverything("plain");
  return sent.flatMap((each) => {
    const whole = sentTo("/atlassian", each);
    if (!whole) return [];
    for (const { description, base } of sources) {
      const own = sentTo(`/atlassian${base}`, each);
      const found = own && findOperation(description, own.method, own.path);
      if (found) return { name: found.name, sent: own, description };
    }
    const shape = `${whole.method} ${whole.path.replace(/\/org\/[^/]+/, "/org/{}").replace(/\/user\/[^/]+/, "/user/{}")}`;
    if (shape in UNDESCRIBED) return [];
    throw new Error(`${whole.method} ${whole.path} is in no description`);
  });
}

describe("requests", () => {
  test.skipIf(specsMissing)(`are as published, but for the listed gaps${whereSpecsAre}`, async () => {
    const requests = await describedRequests();
    const found = requests.flatMap(({ description, sent }) => findings(description, sent));
    expect([...new Set(found)].toSorted()).toEqual(Object.keys(GAPS).toSorted());
    expect(new Set(requests.map(({ description }) => description)).size).toBeGreaterThan(1);
  });

  test.skipIf(specsMissing)(`patch with the published operations${whereSpecsAre}`, async () => {
    const patches = (await describedRequests()).filter(({ name }) => PATCHES.includes(name));
    expect(patches).toHaveLength(4);
    for (const { sent, description } of patches) {
      const { Operations, ...rest } = JSON.parse(sent.body) as { readonly Operations: readonly object[] };
      expect(Operations).not.toHaveLength(0);
      // A value may be any JSON; the description has the class that the server keeps it in instead.
      const operations = Operations.map((each) => ({ ...each, value: {} }));
      const schema = description.components.schemas["RequestPayloadToPatch"] ?? {};
      expect(mistakes(schema, { ...rest, operations }, description)).toEqual([]);
    }
  });

  test.skipIf(specsMissing)(`carry a bearer token${whereSpecsAre}`, async () => {
    const requests = await describedRequests();
    expect(requests.length).toBeGreaterThan(4);
    for (const { sent } of requests) expect(sent.headers["authorization"]).toMatch(/^Bearer \S+$/);
  });
});
