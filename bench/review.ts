import { readFile } from "node:fs/promises";
import { SEED } from "../src/sandbox/index.ts";
import type { World } from "../src/sandbox/index.ts";
import { largeWorld } from "./large-world.ts";
import type { Measurement } from "./measurement.ts";
import { brokenOf, ratio } from "./measurement.ts";
import { peakMegabytes, startServer } from "./server.ts";

const MEMBERS = 10_000;
const BOARDS = 1_000;
/** Leavers of the roster: every thousandth person. */
const LEAVERS = 10;
/** The people and the boards of a workspace with all memberships, and what the token is and may. */
const MOST_TRELLO = 5;
/** Users on a page of a SCIM list (RFC 7644, section 3.4.2.4); Atlassian shows 100 at most. */
const PAGE = 100;
const MOST_MEGABYTES = 300;
const MOST_CPU_SECONDS = 5;

/** An access review of a large workspace with a roster of as many people: requests, memory, and the server's own work. */
export async function review(): Promise<Measurement> {
  const world = withRoster(largeWorld(MEMBERS, BOARDS));
  const server = await startServer(world, { IDENTITY_TOOLSETS: "directory,reviews" });
  const { sandbox, pid } = server;
  try {
    await server.call("check_connection", {});
    sandbox.resetRequests();
    const before = await cpuSeconds(pid);
    const { structured, bytes } = await server.call("review_access", {
      workspaces: [SEED.workspaces.premium.id],
      rosters: ["scim"],
    });
    const cpu = (await cpuSeconds(pid)) - before;
    const peak = await peakMegabytes(pid);
    const trello = sandbox.requests.filter(({ upstream }) => upstream === "trello").length;
    const scim = sandbox.requests.filter(({ path }) => path.endsWith("/Users")).length;
    const rows = world.atlassian.directory.users.size;
    const pages = Math.ceil(rows / PAGE);
    const counts = structured["counts"] as Readonly<Record<string, number>>;
    const found = counts["deactivated_with_access"] ?? 0;
    return {
      title: `${MEMBERS} members, ${BOARDS} boards, a roster of ${rows}; ${found} leavers found, ${bytes} bytes`,
      lines: [
        `requests to Trello / ${MOST_TRELLO} allowed: ${ratio(trello, MOST_TRELLO, "requests")}`,
        `requests to the roster / its pages: ${ratio(scim, pages, "requests")}`,
        ...(peak === null
          ? []
          : [
              `the server's memory at its highest / ${MOST_MEGABYTES} MB: ${ratio(peak, MOST_MEGABYTES, "MB")}`,
            ]),
        ...(Number.isNaN(cpu)
          ? []
          : [`the server's own work / ${MOST_CPU_SECONDS} s: ${ratio(cpu, MOST_CPU_SECONDS, "s")}`]),
      ],
      broken: brokenOf({
        [`at most ${MOST_TRELLO} requests to Trello`]: trello <= MOST_TRELLO,
        "one request for each page of the roster": scim === pages,
        "nothing but these requests": sandbox.requests.length === trello + scim,
        "the leavers are found": found === LEAVERS,
        [`the server stays under ${MOST_MEGABYTES} MB`]: peak === null || peak < MOST_MEGABYTES,
      }),
    };
  } finally {
    await server.close();
  }
}

/** The world with a User in the directory for each of its members. Trello shows whose account a member is. */
function withRoster(world: World): World {
  const { trello, atlassian } = world;
  const { users } = atlassian.directory;
  const [pattern] = users.values();
  if (!pattern) throw new Error("the seed has no User");
  trello.showsAaId = true;
  let n = 0;
  for (const member of trello.members.values()) {
    if (!member.username.startsWith("worker")) continue;
    n += 1;
    const idAccount = `account-${n}`;
    const id = `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
    const { email, fullName: displayName } = member;
    member.aaId = idAccount;
    users.set(id, {
      ...pattern,
      id,
      idAccount,
      userName: email,
      displayName,
      emails: [{ value: email, type: "work", primary: true }],
      active: n % (MEMBERS / LEAVERS) !== 500,
    });
  }
  return world;
}

/** The time (s) that a process has used of the processor, if the system tells (Linux); NaN otherwise. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The fields after the name, which is in parentheses: utime and stime are the 14th and 15th of all.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const TICKS_A_SECOND = 100;
  return (Number(fields[11] ?? Number.NaN) + Number(fields[12] ?? Number.NaN)) / TICKS_A_SECOND;
}
