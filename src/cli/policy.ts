import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parsePolicy, type Policy } from "../config/policy.ts";
import { stronger } from "../domain/confirmation.ts";
import { AppError } from "../domain/error.ts";
import { meantText } from "../domain/nearest.ts";
import { clean, listNames } from "../domain/text.ts";
import { MANY_PEOPLE } from "../effects/gravity.ts";
import { catalog, plannedTools } from "../tools/catalog.ts";
import { type Command, type CommandIo, print } from "./support/command.ts";
import { confirmingBy, type ExplainedEffect, type ExplainedTool, explainTools } from "./support/levels.ts";
import { configure, type Flags, readFlags } from "./support/settings.ts";

/** Checks a policy file and shows its rules, or explains which confirmation a tool needs and why. */
export const run: Command = async (io) => {
  const { verb, id, settings } = readFlags("policy", io.args);
  return await VERBS[verb](io, id, settings);
};

type Act = (io: CommandIo, given: string, settings: Flags<"policy">["settings"]) => Promise<number>;

const VERBS: Readonly<Record<Flags<"policy">["verb"], Act>> = {
  async check(io, file, settings) {
    const path = resolve(io.machine.folder, file);
    const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
      throw new AppError("INPUT_INVALID", `The policy file cannot be read (${cause.code ?? "unknown"}).`, {
        next: "Give the path of a policy file.",
        cause,
      });
    });
    const parsed = await parsePolicy(text, plannedTools(catalog));
    if ("problems" in parsed) {
      print(io.stdout, ...parsed.problems.map(({ line, message }) => `line ${line}: ${message}`));
      return 1;
    }
    const { IDENTITY_POLICY_FILE: _, ...env } = io.env;
    const { IDENTITY_POLICY_FILE: __, ...flags } = settings;
    const { confirmation } = await configure({ ...io, env }, flags, { trello: false });
    const { policy } = parsed;
    const inFile = policy.confirmation.default;
    const weakest = inFile === null ? confirmation : stronger(confirmation, inFile);
    print(
      io.stdout,
      "The file is valid.",
      ...policyLines(policy),
      "",
      ...explainTools(confirmingBy({ confirmation: weakest, policy })).map(toolLine),
    );
    return 0;
  },
  async explain(io, tool, settings) {
    const config = await configure(io, settings, { trello: false });
    const explained = explainTools(confirmingBy(config));
    const found = explained.find((each) => each.tool === tool);
    if (!found) throw notExplained(tool, explained);
    print(io.stdout, ...explanation(found, config.confirmation, config.policy));
    return 0;
  },
};

/**
 * The error that says why a tool has no explanation: it applies plans of other tools, it makes no plan, or it does not
 * exist.
 */
function notExplained(tool: string, explained: readonly ExplainedTool[]): AppError {
  const error = (message: string, next: string) => new AppError("INPUT_INVALID", message, { next });
  if (tool === "apply_plan")
    return error(
      "apply_plan has no level of its own, because it applies a plan of another tool.",
      "Name the tool that makes the plan.",
    );
  if (catalog.some(({ name }) => name === tool))
    return error(
      `${tool} makes no plan, so it never asks for a confirmation.`,
      "Name a tool that changes something; `help` lists the tools.",
    );
  const meant = meantText(
    tool,
    explained.map((each) => each.tool),
  );
  return error(`There is no tool ${clean(tool, 60)}.${meant}`, "`help` lists the tools.");
}

/** All rules of a policy file except the confirmation levels, in words, one line for each rule. */
export function policyLines({
  limits,
  protected: kept,
  approvers,
  beyondWorkspaces,
  teamBoards,
  rosters,
}: Policy): readonly string[] {
  return [
    `In 24 hours, plans may take something (access, a role, a card) from at most ${limits.peoplePerDay} people and ${limits.percentOfWorkspace} percent of a workspace's people, by at most ${limits.destructiveEffectsPerDay} changes. A plan about one person alone is always within these limits.`,
    `Protected: ${kept.members.length} people, ${kept.groups.length} groups. Approvers: ${approvers.length === 0 ? "anyone who can approve" : approvers.join(", ")}.`,
    ...Object.entries(teamBoards).map(
      ([team, boards]) =>
        `The Group ${clean(team)} gives these boards: ${listNames(boards.map((board) => clean(board)))}.`,
    ),
    ...(rosters.leaverRung === "workspaces"
      ? []
      : rosters.leaverRung === "everywhere"
        ? [
            "People who are no longer on a roster are offboarded from everything: boards, workspaces, enterprise, account and all connected applications.",
          ]
        : [
            `People who are no longer on a roster are offboarded up to and including: ${rosters.leaverRung}. The order is boards, workspaces, enterprise, account.`,
          ]),
    ...(beyondWorkspaces
      ? ["The enterprise and accounts may be changed although IDENTITY_WORKSPACES is set."]
      : []),
  ];
}

function toolLine({ tool, entry, least, most }: ExplainedTool): string {
  const range = least === most ? most : `${least} to ${most}`;
  return `${tool.padEnd(34)} ${range}${entry === null ? "" : ", named in the policy"}`;
}

function explanation(
  { tool, entry, effects, least, most }: ExplainedTool,
  weakest: string,
  policy: Policy,
): readonly string[] {
  return [
    `${tool}: ${least === most ? most : `${least} to ${most}`}`,
    entry === null
      ? "The policy does not name the tool, so the level depends on what the tool does."
      : `The policy names the tool: ${entry}.`,
    `The weakest level that is accepted is ${weakest}${policy.confirmation.default ? `; the policy's default is ${policy.confirmation.default}` : ""}.`,
    "",
    ...(effects.length === 0
      ? [
          "This tool undoes a run. Each change needs the confirmation level of the tools that can make the same change, and at least `client`.",
        ]
      : effects.flatMap(effectLines)),
    "",
    `If more than ${MANY_PEOPLE} people lose access in one plan, it needs \`approval\`. If something could not be read for the plan, it needs the next stronger level, at most \`approval\`.`,
    "If a person is named only by full name, the plan needs at least `client`. If only the caller says to whom an email belongs, the plan needs `approval`.",
  ];
}

function effectLines({ made, weights, boundBy }: ExplainedEffect): readonly string[] {
  const what = `${made.op}, ${made.grantsAdmin ? "makes admin" : made.direction}`;
  return [
    ...weights.map(({ level, because }) => `${what}: ${level}, because ${because}`),
    ...(boundBy.length > 0
      ? [
          `  This level comes from the policy's entry for ${boundBy.join(", ")}, which can make the same change`,
        ]
      : []),
  ];
}
