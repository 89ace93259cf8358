/** Where credentials go: into the Authorization header and nowhere else. */
import { describe, expect, test } from "vitest";
import { driveEverything } from "./drive.ts";
import type { Driven } from "./drive.ts";
import { insideBatch, sentTo } from "./findings.ts";

const SECRETS = [
  "TRELLO_API_KEY",
  "TRELLO_API_TOKEN",
  "TRELLO_API_SECRET",
  "TRELLO_TOKEN_SECRET",
  "ATLASSIAN_SCIM_TOKEN",
  "ATLASSIAN_ORG_API_KEY",
] as const;

/** Requests whose path has the token in it, because Trello has no other way to ask about a token and its webhooks. */
const ABOUT_THE_TOKEN: readonly string[] = ["GET /tokens/{token}", "GET /tokens/{token}/webhooks"];

function secretsIn(text: string, settings: Driven["settings"]): string[] {
  // Encoded once for the address and once more inside a batch.
  const forms = [text, decoded(text), decoded(decoded(text))];
  return SECRETS.filter((name) => forms.some((form) => form.includes(settings[name] ?? "missing")));
}

/** Decodes what is percent-encoded and leaves every other percent sign. */
function decoded(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) =>
    Buffer.from(run.replaceAll("%", ""), "hex").toString(),
  );
}

describe.each(["plain", "signed"] as const)("in requests, %s", (mode) => {
  test("no address has a credential, but for the questions about the token itself", async () => {
    const { sandbox, sent, settings } = await driveEverything(mode);
    const leaking = sandbox.requests.filter(
      (_, index) => secretsIn(sent[index]?.target ?? "", settings).length > 0,
    );
    expect(new Set(leaking.map(({ operation }) => operation))).toEqual(new Set(ABOUT_THE_TOKEN));
    const batched = sent.flatMap((each) => sentTo("/trello/1", each) ?? []).flatMap(insideBatch);
    expect(
      batched.filter(({ path, query }) => secretsIn(`${path}?${query.toString()}`, settings).length > 0),
    ).toEqual([]);
  });

  test("no body and no other header has one", async () => {
    const { sent, settings } = await driveEverything(mode);
    for (const { headers, body } of sent) {
      const { authorization = "", ...others } = headers;
      expect(secretsIn(body, settings)).toEqual([]);
      expect(secretsIn(JSON.stringify(others), settings)).toEqual([]);
      expect(secretsIn(authorization, settings)).not.toEqual([]);
    }
  });

  test("the secrets that sign are sent nowhere", async () => {
    const { sent, settings } = await driveEverything(mode);
    const everything = JSON.stringify(sent);
    expect(everything.includes("oauth_signature")).toBe(mode === "signed");
    for (const name of ["TRELLO_API_SECRET", "TRELLO_TOKEN_SECRET"]) {
      expect(everything).not.toContain(settings[name] ?? "");
    }
  });
});
