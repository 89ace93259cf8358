/** A flag, as `parseArgs` reads it, with its texts for help and completion. */
export interface Flag {
  readonly type: "string" | "boolean";
  readonly says: string;
  /** The word for the flag's value in help, for example `FILE`. */
  readonly value?: string;
  /** The values that the flag accepts. */
  readonly choices?: readonly string[];
}

/** The second word of a command with several tasks, such as `list` in `runs list`. */
export interface Verb {
  readonly says: string;
  /** What the user must type after the verb, in words. */
  readonly takes?: string;
  /** The word that help shows for what follows the verb; default `ID`. */
  readonly value?: string;
}

export interface CommandFacts {
  readonly says: string;
  readonly flags: Readonly<Record<string, Flag>>;
  readonly verbs?: Readonly<Record<string, Verb>>;
  /** The verb that is used if the user types none. If it is missing, the user must type a verb. */
  readonly verbLeftOut?: string;
  /** Examples for help: only the words after the command's name, one example in each line. */
  readonly examples: readonly string[];
  /** Whether settings can be given as flags of this command. */
  readonly settings: boolean;
}
