import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DEFAULT_POLICY, parsePolicy } from "../../src/config/policy.ts";
import { catalog } from "../../src/tools/catalog.ts";

const page = readFileSync(new URL("../../docs/policy.md", import.meta.url), "utf8");
const samples = [...page.matchAll(/(?<=```yaml\n).*?(?=```)/gs)].map(([text]) => text);
const tools = catalog.map(({ name }) => name);

/** The leaves of a value, by their paths. */
function leaves(value: unknown, path = ""): readonly (readonly [string, string])[] {
  if (typeof value !== "object" || value === null || Array.isArray(value) || Object.keys(value).length === 0)
    return [[path, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
}

test("every sample of the page is a policy file without mistakes", async () => {
  expect(samples.length).toBeGreaterThan(1);
  for (const sample of samples) expect(await parsePolicy(sample, tools)).toHaveProperty("policy");
});

test("the first sample shows every setting, each with another value than the default", async () => {
  const parsed = await parsePolicy(samples[0] ?? "", tools);
  if (!("policy" in parsed)) expect.unreachable(JSON.stringify(parsed));
  const shown = new Map(leaves(parsed.policy));
  expect(leaves(DEFAULT_POLICY).filter(([path, value]) => shown.get(path) === value)).toEqual([]);
});
