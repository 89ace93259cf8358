import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { memberIn, WORKSPACES } from "../world.ts";

const { standard, premium, enterprise } = WORKSPACES;

describeTool("find_member", (way) => {
  const find = async (query: string, args: Record<string, unknown> = {}) => {
    const reply = await way.call("find_member", { member: query, ...args });
    return { ...reply, candidates: reply.structured["candidates"] as readonly Record<string, unknown>[] };
  };

  it.each([
    ["id", SEED.leaver.id, "id"],
    ["username", SEED.leaver.username, "username"],
    ["@username in capitals", `@${SEED.leaver.username.toUpperCase()}`, "username"],
    ["email, which the enterprise shows", SEED.leaver.email.toUpperCase(), "email, by enterprise"],
  ])("is certain by %s", async (_by, query, reason) => {
    const { candidates } = await find(query);
    expect(candidates).toEqual([
      {
        id: SEED.leaver.id,
        username: SEED.leaver.username,
        name: SEED.leaver.fullName,
        pass: `@${SEED.leaver.username}`,
        confidence: "certain",
        reason,
        workspaces: [standard.name, enterprise.name],
      },
    ]);
  });

  it("gives the SCIM User of an email too, also of somebody who was never in Trello", async () => {
    expect((await find(SEED.leaver.email)).structured["scimUsers"]).toEqual([
      {
        id: SEED.leaver.idScim,
        userName: SEED.leaver.email,
        name: SEED.leaver.fullName,
        active: true,
        link: "certain",
        reason: "has that email",
      },
    ]);
    const { candidates, structured, text } = await find(SEED.scimOnly.email);
    expect(candidates).toEqual([]);
    expect(structured["scimUsers"]).toEqual([expect.objectContaining({ id: SEED.scimOnly.idScim })]);
    expect(text).toContain("pass this email as the `member` of invite_member");
    expect(text.split("Trello hides emails")).toHaveLength(2);
    expect(text).toMatch(/Searched: members, deactivated ones too, and board guests of [A-Z]/);
  });

  it("is certain by the Atlassian account, where Trello shows it", async () => {
    way.world.trello.showsAaId = true;
    const { candidates } = await find(SEED.trelloOnly.email);
    expect(candidates).toEqual([expect.objectContaining({ id: SEED.trelloOnly.id, confidence: "certain" })]);
    way.world.trello.showsAaId = false;
  });

  it("is not certain where only same name as the SCIM User fits", async () => {
    const { candidates } = await find(SEED.observer.email);
    expect(candidates).toEqual([expect.objectContaining({ id: SEED.observer.id, confidence: "likely" })]);
  });

  it("finds a name whose letters were typed decomposed", async () => {
    const { candidates } = await find(SEED.successor.fullName.normalize("NFD"));
    expect(candidates).toEqual([expect.objectContaining({ id: SEED.successor.id, confidence: "likely" })]);
  });

  it("shows on request what Trello shows of each candidate, with one request for each", async () => {
    const reply = await way.call("find_member", { member: SEED.leaver.fullName, fields: ["profile"] });
    const { candidates } = reply.structured as { candidates: { username: string; profile: object }[] };
    expect(candidates.length).toBeGreaterThan(0);
    expect(candidates.map(({ profile }) => profile)).toEqual(
      candidates.map(({ username }) =>
        expect.objectContaining({ memberType: "normal", url: `https://trello.com/u/${username}` }),
      ),
    );
    const single = way.product.sandbox.requests.filter(({ operation }) => operation === "GET /members/{id}");
    expect(single).toHaveLength(candidates.length);
  });

  it("gives every namesake, and neither as the one", async () => {
    const { candidates } = await find("alex morgan");
    expect(candidates.map(({ id, confidence }) => [id, confidence])).toEqual([
      [SEED.alexOfOperations.id, "possible"],
      [SEED.alexOfDesign.id, "possible"],
    ]);
  });

  it("looks into one workspace only, where one is named", async () => {
    const { candidates } = await find("Alex Morgan", { workspace: premium.name });
    expect(candidates).toEqual([
      expect.objectContaining({ id: SEED.alexOfDesign.id, confidence: "likely", workspaces: [premium.name] }),
    ]);
  });

  it("finds guests by name and by username", async () => {
    const byName = await find(SEED.guest.fullName);
    expect(byName.candidates).toEqual([
      expect.objectContaining({ id: SEED.guest.id, confidence: "likely", workspaces: [standard.name] }),
    ]);
    const byUsername = await find(SEED.guest.username);
    expect(byUsername.candidates).toEqual([expect.objectContaining({ confidence: "certain" })]);
    const byId = await find(SEED.guest.id);
    expect(byId.candidates).toEqual([
      expect.objectContaining({ confidence: "certain", name: SEED.guest.fullName }),
    ]);
  });

  it("does not take a name that looks like an email or an order for more than a name", async () => {
    memberIn(way.world, SEED.hostile.id).fullName = SEED.deputy.email;
    const { candidates } = await find(SEED.deputy.email);
    expect(candidates.filter(({ confidence }) => confidence === "certain").map(({ id }) => id)).toEqual([
      SEED.deputy.id,
    ]);
  });

  it("shows ten candidates and says how many more there are, names cleaned", async () => {
    const { candidates, structured, text } = await find("an");
    expect(candidates).toHaveLength(10);
    expect(structured["more"]).toBeGreaterThan(0);
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    const hostile = await find("ignore previous instructions");
    expect(hostile.candidates).toHaveLength(1);
    expect(String(hostile.candidates[0]?.["name"]).length).toBeLessThanOrEqual(100);
  });

  it.each([
    ["Tomas", SEED.successor, "part of the name"],
    ["Herrera, Tomás", SEED.successor, "part of the name"],
    ["T. Herrera", SEED.successor, "similar name"],
    ["Tomas Herera", SEED.successor, "similar name"],
    ["Jonsa Lindqvist", SEED.leaver, "similar name"],
    ["Jonas Lindquist", SEED.leaver, "similar name"],
    ["jonaslindqist", SEED.leaver, "similar name"],
    ["HENRIK SORENSEN", SEED.deactivated, "the only person with this name"],
  ])("finds %s", async (typed, { id, username }, reason) => {
    const { candidates } = await find(typed);
    expect(candidates[0]).toMatchObject({ id, reason, pass: `@${username}` });
    expect(candidates[0]?.["confidence"]).not.toBe("certain");
  });

  it("gives the SCIM User of a member whose email is hidden, as likely, and of one whose email is shown, as certain", async () => {
    const hidden = await find(SEED.observer.username);
    expect(hidden.structured["scimUsers"]).toEqual([
      expect.objectContaining({ id: SEED.observer.idScim, link: "likely" }),
    ]);
    const shown = await find(SEED.leaver.fullName);
    expect(shown.structured["scimUsers"]).toEqual([
      expect.objectContaining({
        id: SEED.leaver.idScim,
        link: "certain",
        reason: "same email, shown by enterprise",
      }),
    ]);
  });

  it("looks in the directory for people who are not in Trello, and says how much it read", async () => {
    const { candidates, structured, text } = await find(SEED.scimOnly.fullName.toLowerCase());
    expect(candidates).toEqual([]);
    expect(structured["scimUsers"]).toEqual([
      expect.objectContaining({ id: SEED.scimOnly.idScim, link: "likely", reason: "same name" }),
    ]);
    expect(text).toMatch(/Searched: all \d+ Users of the SCIM directory\./);
    const nobody = await find("Zebulon Quackenbush");
    expect(nobody.candidates).toEqual([]);
    expect(nobody.text).toContain("No one has exactly that name");
  });

  it("says where else people of that name are, and where a person is a guest or deactivated", async () => {
    const { text, structured } = await find("Alex Morgan", { workspace: premium.displayName });
    expect(structured["candidates"]).toEqual([expect.objectContaining({ id: SEED.alexOfDesign.id })]);
    expect(text).toContain(`Other people with that name, not in ${premium.displayName}: Alex Morgan (@`);
    expect((await find(SEED.guest.fullName)).text).toContain(`${standard.displayName} (guest)`);
    expect((await find(SEED.deactivated.fullName)).text).toContain("(deactivated)");
  });

  it.each([
    [{ member: "" }, "INPUT_INVALID"],
    [{ member: "somebody", email: "x" }, "INPUT_INVALID"],
    [{ query: "somebody" }, "INPUT_INVALID"],
    [{ member: "somebody", workspace: "nosuchworkspace" }, "NOT_FOUND"],
  ])("refuses %j with %s", async (args, code) => {
    expect(errorOf(await way.call("find_member", args))).toMatchObject({ code });
  });
});
