/** Who is there already with another role than asked for, and the tool that would change it; nothing where nobody is. */
export function rolesHeld(held: readonly string[], tool: string): readonly string[] {
  if (held.length === 0) return [];
  const more = held.length > 10 ? ` and ${held.length - 10} more` : "";
  return [`Roles held stay; change them with ${tool}: ${held.slice(0, 10).join("; ")}${more}`];
}
