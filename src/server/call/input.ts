import type { z } from "zod";
import { AppError } from "../../domain/error.ts";
import { clean } from "../../domain/text.ts";
import { readArguments } from "./readings.ts";

/**
 * Reads and checks the arguments of a tool. INPUT_INVALID names each wrong field and what the field allows.
 * `takesAway`: whether the tool can take something away from people. If so, an empty list is not read as "left out",
 * because that could mean "all".
 */
export function parseInput<Input extends z.ZodObject>(
  tool: string,
  input: Input,
  args: unknown,
  takesAway: boolean,
): z.infer<Input> {
  const meant = isArguments(args) ? readArguments(input, args, takesAway) : (args ?? {});
  const parsed = input.safeParse(meant);
  if (parsed.success) return parsed.data;
  const allowed = Object.keys(input.shape);
  const issues = parsed.error.issues.flatMap(issuesOfMeantForm);
  const problems = issues.slice(0, 10).map((issue) => issueText(issue, allowed));
  throw new AppError("INPUT_INVALID", `${tool} cannot use these arguments: ${problems.join("; ")}.`, {
    next: `Correct ${problems.length === 1 ? "that field" : "those fields"} and call ${tool} again.`,
    details: { fields: [...new Set(issues.flatMap(fieldsOf))].slice(0, 10) },
  });
}

function isArguments(args: unknown): args is Readonly<Record<string, unknown>> {
  return typeof args === "object" && args !== null && !Array.isArray(args);
}

/**
 * If a field allows several forms, such as a text or a list, returns only the problems of the form that the caller
 * meant. So a list that is too long does not get the problem "this is not a text".
 */
function issuesOfMeantForm(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union") return [issue];
  const form = issue.errors.find((issues) =>
    issues.every(({ code, path }) => code !== "invalid_type" || path.length > 0),
  );
  return form?.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })) ?? [issue];
}

function issueText(issue: z.core.$ZodIssue, allowed: readonly string[]): string {
  if (issue.code === "unrecognized_keys") {
    const names = fieldsOf(issue).join(", ");
    return issue.path.length === 0
      ? `unknown field ${names} (allowed: ${allowed.join(", ") || "none"})`
      : `unknown field ${names}`;
  }
  return `${fieldsOf(issue).join(", ") || "arguments"}: ${clean(issue.message, 600)}`;
}

function fieldsOf(issue: z.core.$ZodIssue): readonly string[] {
  const path = issue.path.map(String);
  if (issue.code !== "unrecognized_keys") return path.length === 0 ? [] : [clean(path.join("."), 60)];
  return issue.keys.slice(0, 10).map((key) => clean([...path, key].join("."), 60));
}
