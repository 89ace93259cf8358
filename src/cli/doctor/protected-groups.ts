import type { Config } from "../../config/config.ts";
import { AppError } from "../../domain/error.ts";
import { meantText } from "../../domain/nearest.ts";
import type { Reads } from "../../domain/reads.ts";
import { clean, nameKey } from "../../domain/text.ts";
import type { Check } from "./upstreams.ts";

/**
 * Checks that each protected Group of the policy file exists in the SCIM directory. If a Group's name is wrong, the
 * policy protects no one through that Group, and no tool reports an error. Returns no check if the policy protects no
 * Group.
 */
export function protectedGroupsChecks({ policy }: Pick<Config, "policy">, reads: Reads): readonly Check[] {
  const { groups } = policy.protected;
  return groups.length === 0
    ? []
    : [{ name: "Protected groups", inspect: () => protectedGroupsText(groups, reads) }];
}

async function protectedGroupsText(groups: readonly string[], { scim }: Reads): Promise<string> {
  if (!scim) {
    throw new AppError("CONFIG_INVALID", "The policy protects Groups, but no SCIM directory is configured.", {
      next: "Set ATLASSIAN_SCIM_DIRECTORY_ID and ATLASSIAN_SCIM_TOKEN, or protect people by email instead.",
    });
  }
  const names: string[] = [];
  for await (const page of scim.groupPages())
    names.push(...page.map(({ displayName }) => clean(displayName)));
  const known = new Set(names.map(nameKey));
  const missing = groups.filter((group) => !known.has(nameKey(group)));
  if (missing.length === 0) return groups.join(", ");
  const problems = missing.map((group) => `${clean(group)}.${meantText(group, names)}`);
  throw new AppError(
    "CONFIG_INVALID",
    `The SCIM directory has no Group with this name, so the name protects no one: ${problems.join(" ")}`,
    { next: "Correct `protected.groups` in the policy file; scim_list_groups shows the names." },
  );
}
