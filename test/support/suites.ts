const script = process.env["npm_lifecycle_event"] ?? "";

/** Whether every check is to go through the built program, in each era over each transport. */
export const EVERY_WAY = script === "test:every-way";

/** Whether a long suite is run for its own sake: then it is run in full, and in `npm test` as a sample. */
export const IN_FULL = script.startsWith("test:");
