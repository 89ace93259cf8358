import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRedact, redactFacts } from "../../../src/gateway/http/redact.ts";

describe("redaction", () => {
  const secret = "ATTA/se+cret=0123 ü";
  const redact = createRedact([secret, null, undefined, ""]);

  it("masks a secret as it is and as it looks in an address, a form or base64", () => {
    const forms = [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams({ s: secret }).toString().slice(2),
      Buffer.from(secret).toString("base64"),
    ];
    for (const form of forms) expect(redact(`before ${form} after`)).toBe("before [redacted] after");
  });

  it("masks what is announced as a credential even where it is not known", () => {
    expect(redact('OAuth oauth_consumer_key="abc", oauth_token="def"')).not.toMatch(/abc|def/);
    expect(redact("Authorization: Bearer xyz123")).not.toContain("xyz123");
    expect(redact("https://api.trello.com/1/boards/b?key=k1&token=t1&fields=id")).toBe(
      "https://api.trello.com/1/boards/b?key=[redacted]&token=[redacted]&fields=id",
    );
  });

  it("reaches every depth of a log line's facts, errors included", () => {
    const facts = {
      a: [{ b: `x${secret}` }],
      error: new Error(`failed with ${secret}`),
      count: 3,
      none: null,
    };
    const masked = redactFacts(redact, facts);
    expect(JSON.stringify(masked)).not.toContain(secret);
    expect(masked).toMatchObject({ a: [{ b: "x[redacted]" }], count: 3, none: null });
  });

  it("leaves no known secret in any text", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 8, unit: "grapheme-ascii" }), { minLength: 1, maxLength: 3 }),
        fc.array(fc.string(), { maxLength: 4 }),
        (secrets, words) => {
          const text = [...words, ...secrets, ...secrets].join(" ");
          const masked = createRedact(secrets)(text);
          const left = secrets.filter((each) => !"[redacted]".includes(each) && masked.includes(each));
          expect(left).toEqual([]);
        },
      ),
    );
  });
});
