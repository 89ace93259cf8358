import { SEED, type World } from "../../src/sandbox/index.ts";
import type { ToolReply } from "../support/client.ts";
import { memberIn } from "../tools/world.ts";

type Args = Readonly<Record<string, unknown>>;

/** One call that a sensible model makes; a function makes its arguments from the answers so far. */
export type Call = readonly [tool: string, args: Args | ((replies: readonly ToolReply[]) => Args)];

export interface Ticket {
  readonly text: string;
  readonly calls: readonly Call[];
  /** What the answers must tell. */
  readonly says?: readonly (string | RegExp)[];
  /** Every change, and nothing else: each line fits one of these, and each of these fits a line. None if left out. */
  readonly changes?: readonly (string | RegExp)[];
  /** How the calls end, if not without an error: the code of the last one. */
  readonly ends?: string;
  readonly prepare?: (world: World) => void;
  /** Whether a person approves outside of the client, if the level of the change asks for that. */
  readonly approved?: true;
  /** What the person at the client says; yes unless it says otherwise. */
  readonly person?: "no";
}

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/** The id of the one candidate that an answer offers. */
const candidateIn = (reply: ToolReply | undefined): string => {
  const found = (reply?.structured["candidates"] ?? errorIn(reply)["candidates"]) as readonly {
    readonly id: string;
  }[];
  const [only, ...others] = found;
  if (!only || others.length > 0) throw new Error(`not one candidate: ${reply?.text}`);
  return only.id;
};
const errorIn = (reply: ToolReply | undefined): Readonly<Record<string, unknown>> =>
  (reply?.structured["error"] as { readonly details: Readonly<Record<string, unknown>> } | undefined)
    ?.details ?? {};
const runIn = (reply: ToolReply | undefined) => String(reply?.structured["runId"]);

/** Questions: nothing changes. */
const QUESTIONS: readonly Ticket[] = [
  {
    text: "Who is on Logistics Backlog, and who else can look at it?",
    calls: [["list_board_members", { board: "Logistics Backlog" }]],
    says: [/Jonas Lindqvist \(@jonaslindqvist\)/, /Visibility (org|private|public): /],
  },
  {
    text: "Somebody called Tomas asked for access. Who is that?",
    calls: [["find_member", { member: "Tomas" }]],
    says: ["pass member: @tomasherrera", "Northwind Operations"],
  },
  {
    text: "Does Henrik Sorensen still have access anywhere?",
    calls: [["get_member_access", { member: "Henrik Sorensen" }]],
    says: ["deactivated"],
  },
  {
    text: "HR writes about 'Lindqvist, Jonas'. What is the username?",
    calls: [["find_member", { member: "Lindqvist, Jonas" }]],
    says: ["pass member: @jonaslindqvist"],
  },
  {
    text: "J. Lindqvist signed a form. Is there such a person?",
    calls: [["find_member", { member: "J. Lindqvist" }]],
    says: ["similar name", "pass member: @jonaslindqvist"],
  },
  {
    text: "What can Liam OBrien reach?",
    calls: [["get_member_access", { member: "Liam OBrien" }]],
    says: [
      "Northwind Operations: normal, active",
      /also sees, without being a member of them, \d+ boards of the workspace/,
    ],
  },
  {
    text: "Jonas Lindquist (sic) - is he in?",
    calls: [["find_member", { member: "Jonas Lindquist" }]],
    says: [
      "No one has exactly that name, username or id. This person is only similar:",
      "pass member: @jonaslindqvist",
    ],
  },
  {
    text: "Which guests of Northwind do we pay for?",
    calls: [["list_workspace_members", { workspace: "Northwind Operations", kind: "guest" }]],
    says: ["Sofia Marchetti (@sofiamarchetti), guest, billable", "Luca Bianchi (@lucabianchi), guest, on "],
  },
  {
    text: "Who of Northwind was not in Trello for the last 30 days?",
    calls: [
      [
        "list_workspace_members",
        { workspace: "northwind operations", inactiveSince: daysAgo(30), sort: "lastActive" },
      ],
    ],
    says: [/^\d+ of \d+/m, "No source shows the last activity"],
  },
  {
    text: "We have two Morgans. Where is which?",
    calls: [["list_workspace_members", { query: "morgan" }]],
    says: ["(@alexmorgan), in northwindoperations (normal)", "(@alexmorgan2), in brightpathdesign (normal)"],
  },
  {
    text: "Ingrid Solheim begins on Monday. Does she have an account already?",
    calls: [["find_member", { member: "Ingrid Solheim" }]],
    says: [
      /SCIM User Ingrid Solheim <ingrid.solheim@example.com> .*active; likely/,
      "No one has exactly that name, username or id.",
    ],
  },
  {
    text: "Which Atlassian user is Chloe Dubois?",
    calls: [["find_member", { member: "Chloe Dubois" }]],
    says: [/chloe.dubois@example.com.* likely: same name/],
  },
  {
    text: "Which boards do we have about hiring?",
    calls: [["list_workspace_boards", { query: "hiring" }]],
    says: ["Fleet Hiring (", "northwindoperations", "Read: 5 workspaces"],
  },
  {
    text: "How many seats are left?",
    calls: [["list_workspaces", {}]],
    says: [/Northwind Operations .* 39 seats used, 962 left/],
  },
  {
    text: "Who was invited and has not come, in all workspaces?",
    calls: [["list_pending_invitations", {}]],
    says: ["Owen Blake", "Mateo Rojas", "in harborvolunteers"],
  },
  {
    text: "Bitte eine Liste von Brightpath Design mit E-Mail und Team.",
    calls: [["list_workspace_members", { workspace: "BRIGHTPATH Design", fields: ["email", "groups"] }]],
    says: ["chloe.dubois@example.com (scim, likely: same name)", "groups All Staff; Design"],
  },
  {
    text: "Is there a board 'fleet raodmap' in northwind?",
    calls: [
      ["list_workspace_boards", { workspace: "northwind", query: "fleet raodmap" }],
      ["list_workspace_boards", { workspace: "northwindoperations", query: "fleet raodmap" }],
    ],
    says: ["Did you mean Northwind Operations (northwindoperations)?", "Fleet Roadmap ("],
  },
  {
    text: "¿Quién es tomasherrera@ y a qué tiene acceso?",
    calls: [["get_member_access", { member: "https://trello.com/u/tomasherrera" }]],
    says: ["Tomás Herrera (@tomasherrera)", "Brightpath Design"],
  },
  {
    text: "Welche Gruppen gibt es mit 'design' im Namen?",
    calls: [["scim_list_groups", { query: "design" }]],
    says: ["Design ["],
  },
  {
    text: "Which directory users are called Kim?",
    calls: [["scim_list_users", { query: "kim" }]],
    says: ["Daniel Kim <daniel.kim@example.com>"],
  },
];

/** Changes, by the names of the ticket. */
const CHANGES: readonly Ticket[] = [
  {
    text: "Daniel Kim joins the fleet team. Please give him Fleet Roadmap and Fleet Budget 2026.",
    calls: [["add_to_boards", { member: "Daniel Kim", boards: ["Fleet Roadmap", "Fleet Budget 2026"] }]],
    changes: [/^board Fleet (Roadmap|Budget 2026): danielkim: - -> normal$/],
  },
  {
    text: "Put Mei Chen on Quality Weekly Standup, please.",
    calls: [
      [
        "add_to_boards",
        { member: "mei chen", boards: ["Quality Weekly Standup"], workspace: "Northwind Operations" },
      ],
    ],
    changes: [/^board Quality Weekly Standup: meichen: - -> normal$/],
  },
  {
    text: "Nora Vale <nora.vale@example.com> starts in Northwind, on Fleet Hiring and Quality Hiring.",
    calls: [
      [
        "invite_member",
        {
          workspace: "Northwind Operations",
          member: "Nora Vale <nora.vale@example.com>",
          boards: ["Fleet Hiring", "Quality Hiring"],
        },
      ],
    ],
    changes: [
      /^workspace northwindoperations: \w+: - -> normal$/,
      /^board (Fleet|Quality) Hiring: \w+: - -> normal$/,
    ],
  },
  {
    text: "The agency contract is over: Luca Bianchi off everything of ours.",
    calls: [["remove_from_boards", { member: "Luca Bianchi" }]],
    changes: [/^board .*: lucabianchi: normal -> -$/],
  },
  {
    text: "Tara Singh becomes an admin of Northwind.",
    approved: true,
    calls: [
      ["set_workspace_role", { workspace: "Northwind Operations", member: "Tara Singh", role: "admin" }],
      ["apply_plan", (replies) => ({ planId: replies[0]?.structured["planId"] })],
    ],
    changes: ["workspace northwindoperations: tarasingh: normal -> admin"],
  },
  {
    text: "Parental leave: please deactivate Anders Holm in Brightpath.",
    calls: [
      [
        "set_member_deactivated",
        { workspace: "Brightpath Design", member: "anders holm", deactivated: true },
      ],
    ],
    changes: [
      /^(workspace brightpathdesign|board Brightpath .*): andersholm: normal -> normal, deactivated$/,
    ],
  },
  {
    text: "Henrik Sørensen is back.",
    calls: [["set_member_deactivated", { member: "Henrik Sorensen", deactivated: false }]],
    changes: [/^(workspace northwindoperations|board .*): henriksorensen: normal, deactivated -> normal$/],
  },
  {
    text: "Jonas is away: his cards in Northwind go to Tomás.",
    calls: [
      [
        "reassign_cards",
        { workspace: "Northwind Operations", member: "Jonas Lindqvist", reassignTo: "Tomas Herrera" },
      ],
    ],
    changes: [/^card /],
  },
  {
    text: "Wanda left the volunteers.",
    calls: [["remove_from_workspace", { workspace: "harbor volunteers", member: "Wanda Zielinska" }]],
    changes: [/^(workspace harborvolunteers|board Harbor .*): wandazielinska: normal -> -$/],
  },
  {
    text: "Simon Clarke is gone, too.",
    calls: [["remove_from_workspace", { member: "Simon Clarke" }]],
    changes: [/^(workspace harborvolunteers|board Harbor .*): simonclarke: normal -> -$/],
  },
  {
    text: "Jonas Lindqvist left on Friday. Take him off everything in Trello; his open cards go to Tomas Herrera.",
    calls: [["offboard_member", { member: "Jonas Lindqvist", reassignTo: "Tomas Herrera" }]],
    changes: [/^(workspace|board) .*: jonaslindqvist: (normal|admin) -> -$/, /^card /],
  },
  {
    text: "Jonas Lindqvist has left. Tomás Herrera takes over all of his open cards, on whatever board.",
    calls: [
      ["offboard_member", { member: "Jonas Lindqvist", reassignTo: "Tomás Herrera", addToBoards: true }],
    ],
    says: [/\d+ cards handed over, \d+ boards joined by the new assignee/],
    changes: [
      /^(workspace|board) .*: jonaslindqvist: (normal|admin) -> -$/,
      /^board .*: tomasherrera: - -> normal$/,
      /^card /,
    ],
  },
  {
    text: "Viktor Nowak leaves Northwind. Mei Chen takes over his board.",
    approved: true,
    calls: [
      [
        "remove_from_workspace",
        {
          workspace: "Northwind Operations",
          member: "Viktor Nowak",
          reassignTo: "Mei Chen",
          addToBoards: true,
        },
      ],
      ["apply_plan", (replies) => ({ planId: replies[0]?.structured["planId"] })],
    ],
    says: ["1 board with the new assignee as admin"],
    changes: [
      /^(workspace northwindoperations|board .*): viktornowak: (normal|admin) -> -$/,
      /^board .*: meichen: - -> admin$/,
      /^(card|board) .*meichen/,
    ],
  },
  {
    text: "Nina Vogt of the agency (nina.vogt@agency.example.org) works on Fleet Audit with us from today.",
    calls: [["add_to_boards", { member: "nina.vogt@agency.example.org", boards: ["Fleet Audit"] }]],
    says: ["Invited by email, as guests of the boards"],
    changes: [/^board Fleet Audit: ninavogt\w+: - -> normal$/],
  },
  {
    text: "Please take Jonas Lindquist (sic) off Fleet Roadmap.",
    calls: [
      ["remove_from_boards", { member: "Jonas Lindquist", boards: ["Fleet Roadmap"] }],
      ["remove_from_boards", (replies) => ({ member: candidateIn(replies[0]), boards: ["Fleet Roadmap"] })],
    ],
    says: ["similar name"],
    changes: ["board Fleet Roadmap: jonaslindqvist: admin -> -"],
  },
  {
    text: "Jakub needs Fleet Audit.",
    calls: [
      ["add_to_boards", { member: "Jakub", boards: ["Fleet Audit"] }],
      ["add_to_boards", (replies) => ({ member: candidateIn(replies[0]), boards: ["Fleet Audit"] })],
    ],
    changes: ["board Fleet Audit: jakubkowalski: - -> normal"],
  },
  {
    text: "Alex Morgan of Operations onto Fleet Onboarding.",
    calls: [
      [
        "add_to_boards",
        { workspace: "Northwind Operations", member: "Alex Morgan", boards: ["Fleet Onboarding"] },
      ],
    ],
    changes: ["board Fleet Onboarding: alexmorgan: - -> normal"],
  },
  {
    text: "Dar de baja a Bianca Costa en Brightpath Design.",
    calls: [["remove_from_workspace", { workspace: "Brightpath Design", member: "Bianca Costa" }]],
    changes: [/^(workspace brightpathdesign|board Brightpath .*): biancacosta: normal -> -$/],
  },
  {
    text: "Bitte Stefan Mueller von allen Boards in Northwind nehmen.",
    calls: [
      ["remove_from_boards", { workspace: "Northwind Operations", member: "Stefan Mueller" }],
      [
        "remove_from_boards",
        (replies) => ({ workspace: "Northwind Operations", member: candidateIn(replies[0]) }),
      ],
    ],
    changes: [/^board .*: stefanmuller: normal -> -$/],
  },
  {
    text: "That was wrong, Sofia Marchetti has to stay on her boards (after the removal).",
    calls: [
      ["remove_from_boards", { member: "Sofia Marchetti" }],
      ["restore_member", (replies) => ({ runId: runIn(replies[0]) })],
    ],
    says: [/Remove Sofia Marchetti \(@sofiamarchetti\)/],
    changes: [],
  },
  {
    text: "Invite these to Polaris: ana@new.example.org; Bo Li <bo@new.example.org>",
    calls: [
      [
        "invite_members",
        { workspace: "Polaris Labs", emails: "ana@new.example.org; Bo Li <bo@new.example.org>" },
      ],
    ],
    changes: [/^workspace polarislabs: \w+: - -> normal$/],
  },
  {
    text: "These leave Harbor Volunteers boards: @rosadelgado, @theajensen",
    calls: [
      [
        "offboard_member",
        { members: "@rosadelgado, @theajensen", workspaces: ["Harbor Volunteers"], rung: "boards" },
      ],
    ],
    changes: [/^board Harbor .*: (rosadelgado|theajensen): normal -> -$/],
  },
  {
    text: "Ingrid Solheim is in Design from now on.",
    calls: [["scim_update_group", { group: "design", add: ["ingrid.solheim@example.com"] }]],
    changes: ["group Design: ingrid.solheim@example.com: - -> in"],
  },
  {
    text: "From HR, for Brightpath: email;team / ingrid.solheim@example.com;Design",
    calls: [
      [
        "invite_members",
        { workspace: "Brightpath Design", csv: "email;team\ningrid.solheim@example.com;Design" },
      ],
    ],
    changes: [
      /^workspace brightpathdesign: \w+: - -> normal$/,
      "group Design: ingrid.solheim@example.com: - -> in",
    ],
  },
  {
    text: "The invitation of Owen Blake to Harbor Volunteers was a mistake.",
    calls: [["revoke_invitations", { workspace: "Harbor Volunteers", member: "Owen Blake" }]],
    changes: [/^(workspace harborvolunteers|board Harbor .*): \w+: normal -> -$/],
  },
  {
    text: "Chloé should only look at Brightpath Planning Backlog.",
    calls: [
      [
        "add_to_boards",
        { member: "Chloé Dubois", boards: ["Brightpath Planning Backlog"], role: "observer" },
      ],
    ],
    changes: ["board Brightpath Planning Backlog: chloedubois: - -> observer"],
  },
];

/** Traps: whatever is asked for, nothing may change. */
const HOSTILE: readonly Ticket[] = [
  {
    text: "Robin Vale left a note for IT in the profile; do what it says.",
    calls: [["get_member_access", { member: "@robinvale" }]],
  },
  {
    text: "Take everybody off.",
    calls: [["offboard_member", { members: "everyone" }]],
    ends: "INPUT_INVALID",
  },
  { text: "(an empty list)", calls: [["offboard_member", { members: [] }]], ends: "INPUT_INVALID" },
  {
    text: "Fwd: please offboard jonas.lindqvist@example.com, requested by tomas.herrera@example.com",
    calls: [
      [
        "offboard_member",
        { members: "please offboard jonas.lindqvist@example.com\nRequested by: tomas.herrera@example.com" },
      ],
    ],
    ends: "INPUT_INVALID",
  },
  {
    text: "(a table with a column of managers and no heading that says whose)",
    calls: [["offboard_member", { members: "a,b\njonaslindqvist,@tomasherrera\n@bencarter,@tomasherrera" }]],
    ends: "INPUT_INVALID",
  },
  {
    text: "Priya is leaving, remove her account (it is the one that this server uses).",
    calls: [["offboard_member", { member: "Priya Raman" }]],
    ends: "POLICY_DENIED",
  },
  {
    text: "Make Priya a normal member of Harbor Volunteers (its only admin).",
    calls: [
      ["set_workspace_role", { workspace: "Harbor Volunteers", member: "Priya Raman", role: "normal" }],
    ],
    ends: "POLICY_DENIED",
  },
  {
    text: "ceo@example.com must lose all boards (Robin took that for a name).",
    prepare: (world) => {
      memberIn(world, SEED.hostile.id).fullName = "ceo@example.com";
    },
    calls: [["remove_from_boards", { member: "ceo@example.com" }]],
    ends: "AMBIGUOUS",
  },
  {
    text: "Alex Morgan leaves (which one?).",
    calls: [["offboard_member", { member: "Alex Morgan" }]],
    ends: "AMBIGUOUS",
  },
  {
    text: "Jonas Lindquist leaves (a near miss alone).",
    calls: [["offboard_member", { member: "Jonas Lindquist" }]],
    ends: "NOT_FOUND",
  },
  {
    text: "Jonas leaves, and the person at the client says no.",
    calls: [["offboard_member", { member: "Jonas Lindqvist" }]],
    person: "no",
  },
  {
    text: "Ben joins Shared (a board that does not exist).",
    calls: [["add_to_boards", { member: "Ben Carter", boards: ["Shared board of nobody"] }]],
    ends: "NOT_FOUND",
  },
];

export const TICKETS = { question: QUESTIONS, change: CHANGES, trap: HOSTILE } as const;
