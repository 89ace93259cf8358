import { expect, it } from "vitest";
import { reviewerOf } from "../../src/domain/sign-off-rules.ts";

const signOff = (reviewers: readonly string[]) => ({
  reviewId: "review_1",
  name: "Q4",
  period: null,
  reviewers,
  at: "2026-03-01T12:00:00.000Z",
  principal: { id: "m9", name: "Ada", client: "test/1" },
});

const subject = "https://id.example#7";

it.each([
  ["the user of this machine", ["user:jo"], { by: "jo" }, "user:jo"],
  ["another user of this machine", ["user:jo"], { by: "root" }, null],
  ["a user who is called like an email", ["ada@example.com"], { by: "ada@example.com" }, null],
  ["an email that nothing proves", ["ada@example.com"], { by: "jo", email: "ada@example.com" }, null],
  [
    "a proven email",
    ["ada@example.com"],
    { by: "Ada", email: "Ada@Example.com", subject },
    "ada@example.com",
  ],
  ["a proven email of another person", ["ada@example.com"], { by: "Bo", email: "bo@x.y", subject }, null],
  ["a person by issuer and value", [subject], { by: "Ada", subject }, subject],
  ["the same value of another issuer", [subject], { by: "Ada", subject: "https://evil.example#7" }, null],
  ["a sign-in whose name is that of the user", ["user:jo"], { by: "jo", subject }, null],
  [
    "one of several",
    ["bo@x.y", "ada@example.com"],
    { by: "Ada", email: "ada@example.com", subject },
    "ada@example.com",
  ],
])("%s", (_what, reviewers, word, expected) => {
  expect(reviewerOf(signOff(reviewers), word)).toBe(expected);
});
