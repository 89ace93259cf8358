import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { expectApplied, journalOf } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { memberIn } from "../world.ts";

/** Preferences by the names and as the texts of a change. */
function wireNames(prefs: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, string>> {
  const all = { colorBlind: false, minutesBetweenSummaries: 60, ...prefs };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [`prefs/${name}`, String(value)]));
}

describeTool("update_my_profile", (way) => {
  const update = (args: Record<string, unknown>) => way.call("update_my_profile", args);

  it("changes the owner's own profile without asking, and keeps what was before", async () => {
    const reply = await update({ fullName: "Priya R. Raman", initials: "PRR", bio: "IT operations" });
    expectApplied(reply, 1);
    expect(memberIn(way.world, SEED.admin.id)).toMatchObject({
      fullName: "Priya R. Raman",
      initials: "PRR",
      bio: "IT operations",
    });
    expect(way.person.questions).toEqual([]);
    expect((await journalOf(way, reply))["effects"]).toEqual([
      expect.objectContaining({
        before: { fullName: SEED.admin.fullName, initials: "PR", bio: "" },
        after: { fullName: "Priya R. Raman", initials: "PRR", bio: "IT operations" },
      }),
    ]);
  });

  it.each([
    "me",
    SEED.admin.id,
    SEED.admin.id.toUpperCase(),
    SEED.admin.username,
    `@${SEED.admin.username.toUpperCase()}`,
    SEED.admin.email,
    SEED.admin.email.toUpperCase(),
  ])("takes %s for the owner", async (member) => {
    expectApplied(await update({ member, bio: "on call" }), 1);
  });

  it("can empty the bio", async () => {
    memberIn(way.world, SEED.admin.id).bio = "old";
    expectApplied(await update({ bio: "" }), 1);
    expect(memberIn(way.world, SEED.admin.id).bio).toBe("");
  });

  it.each([
    [{ avatarSource: "gravatar" }, { avatarSource: "none" }, { avatarSource: "gravatar" }],
    [{ locale: "de" }, { "prefs/locale": "en-US" }, { "prefs/locale": "de" }],
    [{ colorBlind: true }, { "prefs/colorBlind": "false" }, { "prefs/colorBlind": "true" }],
    [
      { minutesBetweenSummaries: -1 },
      { "prefs/minutesBetweenSummaries": "60" },
      { "prefs/minutesBetweenSummaries": "-1" },
    ],
  ])("changes %j, and restore_member gives back what was", async (args, before, after) => {
    const owner = () => {
      const { avatarSource = "none", prefs } = memberIn(way.world, SEED.admin.id);
      return { avatarSource, "prefs/locale": "en-US", ...wireNames(prefs) };
    };
    const reply = await update(args);
    expectApplied(reply, 1);
    expect((await journalOf(way, reply))["effects"]).toEqual([expect.objectContaining({ before, after })]);
    expect(owner()).toMatchObject(after);
    expect((await update(args)).structured).toMatchObject({ status: "already" });
    expectApplied(await way.call("restore_member", { runId: reply.structured["runId"] }), 1);
    expect(owner()).toMatchObject(before);
  });

  it("answers already where nothing changes", async () => {
    expect((await update({ fullName: SEED.admin.fullName })).structured).toMatchObject({ status: "already" });
    expect(way.writes()).toEqual([]);
  });

  it.each([SEED.leaver.id, SEED.leaver.username, SEED.leaver.email])(
    "refuses to change %s, who is somebody else, with the reason",
    async (member) => {
      const error = errorOf(await update({ member, fullName: "Someone Else" }));
      expect(error).toMatchObject({ code: "POLICY_DENIED", details: { guard: "own_profile" } });
      expect(error.message).toContain("only their own profile");
      expect(way.writes()).toEqual([]);
    },
  );

  it("fails clearly where Trello refuses the username", async () => {
    const reply = await update({ username: SEED.leaver.username });
    expect(reply.isError).toBe(true);
    expect(reply.structured).toMatchObject({ status: "failed", run: { state: "failed" } });
    expect(memberIn(way.world, SEED.admin.id).username).toBe(SEED.admin.username);
  });

  it("does not say whose an email is where Trello does not tell the token its owner's", async () => {
    const other = await way.other({ TRELLO_API_TOKEN: SEED.tokens.noAccount });
    const reply = await other.call("update_my_profile", { member: SEED.admin.email, bio: "on call" });
    expect(errorOf(reply)).toMatchObject({ code: "AMBIGUOUS", next: expect.stringContaining("`member`") });
  });

  it.each([{}, { member: "me" }])("refuses %j, which says nothing to change", async (args) => {
    const error = errorOf(await update(args));
    expect(error).toMatchObject({ code: "INPUT_INVALID" });
    expect(error.message).toContain("at least one of fullName, initials, username, bio, avatarSource");
  });

  it.each([
    { username: "Has Spaces" },
    { initials: "TOOLONG" },
    { fullName: "" },
    { avatarSource: "file:///tmp/me.png" },
    { locale: "Deutsch, bitte" },
    { minutesBetweenSummaries: 15 },
    { email: "new@example.com" },
  ])("refuses %j", async (args) => {
    expect(errorOf(await update(args))).toMatchObject({ code: "INPUT_INVALID" });
    expect(way.writes()).toEqual([]);
  });
});
