import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { memberIn, WORKSPACES } from "../world.ts";

const { standard, premium, enterprise } = WORKSPACES;

describeTool("find_member", (way) => {
  const find = async (query: string, args: Record<string, unknown> = {}) => {
    const reply = await way.call("find_member", { query, ...args });
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
    expect((await find(SEED.leaver.email)).structured["scimUser"]).toEqual({
      id: SEED.leaver.idScim,
      userName: SEED.leaver.email,
      active: true,
    });
    const { candidates, structured, text } = await find(SEED.scimOnly.email);
    expect(candidates).toEqual([]);
    expect(structured["scimUser"]).toMatchObject({ id: SEED.scimOnly.idScim });
    expect(text).toContain("Nobody in these workspaces matches.");
  });

  it("is certain by the Atlassian account, where Trello shows it", async () => {
    way.world.trello.showsAaId = true;
    const { candidates } = await find(SEED.trelloOnly.email);
    expect(candidates).toEqual([expect.objectContaining({ id: SEED.trelloOnly.id, confidence: "certain" })]);
    way.world.trello.showsAaId = false;
  });

  it("is not certain where only the name in SCIM fits", async () => {
    const { candidates } = await find(SEED.observer.email);
    expect(candidates).toEqual([expect.objectContaining({ id: SEED.observer.id, confidence: "likely" })]);
  });

  it("finds a name whose letters were typed decomposed", async () => {
    const { candidates } = await find(SEED.successor.fullName.normalize("NFD"));
    expect(candidates).toEqual([expect.objectContaining({ id: SEED.successor.id, confidence: "likely" })]);
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
    [{ query: "x" }, "INPUT_INVALID"],
    [{ query: "somebody", email: "x" }, "INPUT_INVALID"],
    [{ query: "somebody", workspace: "nosuchworkspace" }, "NOT_FOUND"],
  ])("refuses %j with %s", async (args, code) => {
    expect(errorOf(await way.call("find_member", args))).toMatchObject({ code });
  });
});
