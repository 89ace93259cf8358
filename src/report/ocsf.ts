import type { Json } from "../domain/json.ts";
import type { Activity, SecurityEvent, Severity } from "./security-events.ts";

// The audit log in the form of the Open Cybersecurity Schema Framework, classes Account Change
// (https://schema.ocsf.io/1.2.0/classes/account_change) and Authorize Session
// (https://schema.ocsf.io/1.2.0/classes/authorize_session). The required fields are the same up to version 1.8.

const OCSF_VERSION = "1.2.0";
const CATEGORY = 3;
const ACCOUNT_CHANGE = 3001;
const AUTHORIZE_SESSION = 3003;

/**
 * The class and number of each activity in OCSF. An activity without a number gets 99 ("other"); `activity_name` then
 * names it.
 */
const ACTIVITIES: Readonly<Record<Activity, readonly [uid: number, id: number, name: string | null]>> = {
  authorize: [AUTHORIZE_SESSION, 1, "Assign Privileges"],
  other: [AUTHORIZE_SESSION, 99, null],
  create: [ACCOUNT_CHANGE, 1, "Create"],
  enable: [ACCOUNT_CHANGE, 2, "Enable"],
  disable: [ACCOUNT_CHANGE, 5, "Disable"],
  delete: [ACCOUNT_CHANGE, 6, "Delete"],
  attach: [ACCOUNT_CHANGE, 7, "Attach Policy"],
  detach: [ACCOUNT_CHANGE, 8, "Detach Policy"],
  other_change: [ACCOUNT_CHANGE, 99, null],
};
const CLASS_NAMES: Readonly<Record<number, string>> = {
  [ACCOUNT_CHANGE]: "Account Change",
  [AUTHORIZE_SESSION]: "Authorize Session",
};
const SEVERITIES: Readonly<Record<Severity, readonly [id: number, name: string]>> = {
  informational: [1, "Informational"],
  low: [2, "Low"],
  medium: [3, "Medium"],
  high: [4, "High"],
};
const STATUSES: Readonly<Record<SecurityEvent["outcome"], readonly [id: number, name: string]>> = {
  success: [1, "Success"],
  failure: [2, "Failure"],
  unknown: [0, "Unknown"],
  waiting: [99, "Waiting"],
};
/** The number for "user" in OCSF. It is used for a user of whom only the account is known. */
const USER_TYPE = 1;

/** An event in the form of OCSF. `version`: the version of this program. */
export function ocsfEvent(event: SecurityEvent, version: string): Json {
  const { record, activity } = event;
  const [class_uid, activity_id, activityName] = ACTIVITIES[activity];
  const [severity_id, severity] = SEVERITIES[event.severity];
  const [status_id, status] = STATUSES[event.outcome];
  const className = CLASS_NAMES[class_uid] ?? "";
  const activity_name = activityName ?? event.name;
  return {
    activity_id,
    activity_name,
    category_name: "Identity & Access Management",
    category_uid: CATEGORY,
    class_name: className,
    class_uid,
    type_name: `${className}: ${activityName ?? "Other"}`,
    type_uid: class_uid * 100 + activity_id,
    time: Date.parse(record.at),
    timezone_offset: 0,
    severity,
    severity_id,
    status,
    status_id,
    message: event.message,
    metadata: {
      version: OCSF_VERSION,
      product: { name: "trello-identity-mcp", vendor_name: "trello-identity-mcp", version },
      log_name: "audit",
      uid: event.id,
      sequence: record.seq,
      correlation_uid: record.subject,
      event_code: event.name,
      original_time: record.at,
    },
    actor: {
      user: { name: event.by, type_id: USER_TYPE },
      app_name: record.client,
      session: { uid: record.subject },
    },
    user: userOf(event),
    ...(class_uid === AUTHORIZE_SESSION && {
      privileges: [record.tool],
      session: { uid: record.subject },
    }),
    ...(event.place && { policy: event.place }),
    unmapped: {
      event: record.event,
      tool: record.tool,
      hash: record.hash,
      previous: record.previous,
      facts: record.facts,
    },
  };
}

function userOf({ user }: SecurityEvent): Json {
  const { uid, name, email } = user;
  return {
    uid,
    type_id: USER_TYPE,
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email_addr: email }),
  };
}
