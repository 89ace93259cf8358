import { z } from "zod";
import { LEAVER_RUNGS, type LeaverRung } from "../domain/roster.ts";
import { CONFIRMATION_LEVELS, type ConfirmationLevel } from "../domain/confirmation.ts";
import { MEMBER_FORMS, protectedMember } from "./protected.ts";

/** The rules in the policy file. The administrator writes them for all users. */
export interface Policy {
  readonly confirmation: {
    /** The confirmation level that the policy file sets for every tool it does not name; null if the file sets none. */
    readonly default: ConfirmationLevel | null;
    readonly tools: Readonly<Record<string, ConfirmationLevel>>;
  };
  /**
   * The people and Groups from whom no plan may take anything. `members`: ids, usernames and emails in lower case.
   * `groups`: names of Groups.
   */
  readonly protected: { readonly members: readonly string[]; readonly groups: readonly string[] };
  readonly limits: {
    readonly peoplePerDay: number;
    readonly destructiveEffectsPerDay: number;
    readonly percentOfWorkspace: number;
  };
  /**
   * The people who may approve plans, as emails in lower case or as `ISSUER#VALUE`. If the list is empty, everyone who
   * can open the approval page may approve; on a service, everyone with the scope `identity:approve`.
   */
  readonly approvers: readonly string[];
  readonly invitations: { readonly expireAfterDays: number };
  /**
   * Whether the enterprise and accounts may be changed although IDENTITY_WORKSPACES is set. Such a change also affects
   * other workspaces.
   */
  readonly beyondWorkspaces: boolean;
  /**
   * The boards of each SCIM Group, by the Group's name. A person who joins the Group is added to the Group's boards; a
   * person who leaves the Group is removed from these boards.
   */
  readonly teamBoards: Readonly<Record<string, readonly string[]>>;
  /**
   * The last step of offboarding for people who are no longer on a roster, for example `workspaces`. All earlier steps
   * are done too.
   */
  readonly rosters: { readonly leaverRung: LeaverRung };
}

/** A mistake in the policy file. `line` is counted from 1. */
export interface PolicyProblem {
  readonly line: number;
  readonly message: string;
}

const level = z.enum(CONFIRMATION_LEVELS, { error: `must be one of ${CONFIRMATION_LEVELS.join(", ")}` });
const members = z.array(
  z.string({ error: "must be text; put it in quotes" }).transform((text, context) => {
    const member = protectedMember(text);
    if (member !== null) return member;
    context.addIssue({ code: "custom", message: MEMBER_FORMS });
    return z.NEVER;
  }),
  { error: "must be a list" },
);
/**
 * Groups are given by name and not by id, because the data of a person contains only the names of the person's groups.
 */
const groups = z.array(
  z
    .string({ error: "must be text; put it in quotes" })
    .trim()
    .min(1, "must not be empty")
    .refine((text) => !isGroupId(text), "can match no group: give the name of the group, not its id"),
  { error: "must be a list" },
);

function isGroupId(text: string): boolean {
  return /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{24}|ari:cloud:identity::group\/.*)$/i.test(
    text,
  );
}

const email = z
  .string({ error: "must be an email" })
  .trim()
  .toLowerCase()
  .regex(/^[^\s@]+@[^\s@]+$/, "must be an email");
const subject = z
  .string({ error: "must be text" })
  .trim()
  .regex(
    /^https?:\/\/[^\s#]+#[^\s#]+$/,
    "must be ISSUER#VALUE, as evidence and the audit log show a signed-in person",
  );
const teamBoards = z.record(
  z.string().trim().min(1, "must be the name of a Group").max(254),
  z
    .array(
      z.string({ error: "must name a board by its id, address or name, in quotes" }).trim().min(1).max(300),
      {
        error: "must be a list of boards",
      },
    )
    .min(1, "must name at least one board")
    .max(100),
  { error: "must be a list of Groups; below each Group are its boards" },
);
const whole = (max: number) =>
  z.int({ error: "must be a whole number" }).min(1, "must be at least 1").max(max, `must be at most ${max}`);

/**
 * The schema of the policy file. A tool name that is not in `tools` is refused, because it is probably a typing
 * mistake. If the name were ignored, the policy would be weaker than its author believes.
 */
const fileNaming = (tools: readonly string[]) =>
  z.strictObject(
    {
      confirmation: z
        .strictObject({
          default: level.optional(),
          ...Object.fromEntries(tools.map((name) => [name, level.optional()])),
        })
        .default({}),
      protected: z.strictObject({ members: members.default([]), groups: groups.default([]) }).prefault({}),
      limits: z
        .strictObject({
          people_per_day: whole(1_000_000).default(25),
          destructive_effects_per_day: whole(1_000_000).default(2000),
          percent_of_workspace: whole(100).default(20),
        })
        .prefault({}),
      approvers: z
        .strictObject({ emails: z.array(email).default([]), subjects: z.array(subject).default([]) })
        .prefault({}),
      invitations: z.strictObject({ expire_after_days: whole(365).default(7) }).prefault({}),
      beyond_workspaces: z.boolean({ error: "must be true or false" }).default(false),
      team_boards: teamBoards.default({}),
      rosters: z
        .strictObject({
          leaver_rung: z
            .enum(LEAVER_RUNGS, { error: `must be one of ${LEAVER_RUNGS.join(", ")}` })
            .default("workspaces"),
        })
        .prefault({}),
    },
    { error: "must be a list of settings such as `limits:`" },
  );

/** The policy that is used if there is no policy file. */
export const DEFAULT_POLICY: Policy = fromFile(fileNaming([]).parse({}));

/** Reads a policy file. Reports every mistake with its line. `tools`: the names of tools that the file may contain. */
export async function parsePolicy(
  text: string,
  tools: readonly string[],
): Promise<{ readonly policy: Policy } | { readonly problems: readonly PolicyProblem[] }> {
  const { mistakesIn, readYaml } = await import("./yaml.ts");
  const yaml = readYaml(text);
  if (yaml.broken.length > 0) {
    return { problems: yaml.broken.map((line) => ({ line, message: "is not valid YAML" })) };
  }
  const parsed = fileNaming(tools).safeParse(yaml.value ?? {});
  if (parsed.success) return { policy: fromFile(parsed.data) };
  return { problems: mistakesIn(parsed.error, yaml, () => "is not a setting of the policy file") };
}

function fromFile(parsed: z.output<ReturnType<typeof fileNaming>>): Policy {
  const { default: fallback, ...tools } = parsed.confirmation as Partial<Record<string, ConfirmationLevel>>;
  const named = Object.entries(tools).filter((entry): entry is [string, ConfirmationLevel] => !!entry[1]);
  return {
    confirmation: { default: fallback ?? null, tools: Object.fromEntries(named) },
    protected: parsed.protected,
    limits: {
      peoplePerDay: parsed.limits.people_per_day,
      destructiveEffectsPerDay: parsed.limits.destructive_effects_per_day,
      percentOfWorkspace: parsed.limits.percent_of_workspace,
    },
    approvers: [...parsed.approvers.emails, ...parsed.approvers.subjects],
    invitations: { expireAfterDays: parsed.invitations.expire_after_days },
    beyondWorkspaces: parsed.beyond_workspaces,
    teamBoards: parsed.team_boards,
    rosters: { leaverRung: parsed.rosters.leaver_rung },
  };
}
