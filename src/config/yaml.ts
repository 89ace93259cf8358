// This file loads the YAML parser, so it is loaded only if there is a policy file or connections file.
import type { z } from "zod";
import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";

export interface YamlText {
  readonly value: unknown;
  /** The lines (from 1) that are not valid YAML. If there are any, the caller must not use the value. */
  readonly broken: readonly number[];
  /** The line of the value at `path`. If the value is missing, the line of the part that should contain it. */
  lineOf(path: readonly PropertyKey[]): number;
}

/** All mistakes that a schema found, each with its line. `unknown` makes the message about an unknown key. */
export function mistakesIn(
  error: z.ZodError,
  yaml: YamlText,
  unknown: (path: readonly PropertyKey[]) => string,
): readonly { readonly line: number; readonly message: string }[] {
  return error.issues.flatMap((issue) => {
    const keys = issue.code === "unrecognized_keys" ? issue.keys : [undefined];
    return keys.map((key) => {
      const path = key === undefined ? issue.path : [...issue.path, key];
      const message = key === undefined ? issue.message : unknown(path);
      return { line: yaml.lineOf(path), message: `${path.join(".") || "the file"} ${message}` };
    });
  });
}

/** Reads a YAML text and remembers the line of each entry. */
export function readYaml(text: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const line = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  const broken = [...document.errors, ...document.warnings].map(({ pos }) => line(pos[0]));
  let value: unknown;
  try {
    if (broken.length === 0) value = document.toJS();
  } catch {
    // The parser throws an error if an alias is unknown, or if the alias expands to too much text.
    broken.push(line(firstAlias(document)));
  }
  return {
    value,
    broken,
    lineOf: (path) => line(offsetOf(document, path)),
  };
}

function firstAlias(document: Document): number {
  let offset = 0;
  visit(document, {
    Alias(_key, { range }) {
      offset = range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return offset;
}

function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = document.range?.[0] ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === step);
      if (!pair || !isScalar(pair.key)) return offset;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === "number") {
      node = node.items[step];
      offset = isScalar(node) || isMap(node) ? (node.range?.[0] ?? offset) : offset;
    } else {
      return offset;
    }
  }
  return offset;
}
