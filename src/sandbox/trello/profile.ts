import { refuse } from "../route.ts";
import type { RouteContext } from "../route.ts";
import type { TrelloMember } from "../world.ts";
import { arg } from "./access.ts";

type Shown = Readonly<Record<string, unknown>>;

/**
 * The fields for a member's picture: `avatarUrl`, which has no file ending, and `avatarHash`, the last part of that
 * URL.
 */
export function pictureOf({ id, avatarSource = "none" }: TrelloMember): Shown {
  if (avatarSource === "none") return {};
  const avatarHash = `${id}${id}`.slice(0, 32);
  return { avatarHash, avatarUrl: `https://trello-members.s3.amazonaws.com/${id}/${avatarHash}` };
}

const DEFAULT_PREFS = { locale: "en-US", colorBlind: false, minutesBetweenSummaries: 60 };

/** What only the token's owner sees. */
export function ownOnly({ avatarSource = "none", prefs }: TrelloMember): Shown {
  return {
    avatarSource,
    loginTypes: ["password"],
    prefs: { ...DEFAULT_PREFS, ...prefs },
  };
}

const SOURCES = ["gravatar", "upload", "none"] as const;

/** The profile after a PUT: its picture and preferences. A value that Trello does not document is refused. */
export function changedProfile(
  context: RouteContext,
  { avatarSource, prefs }: TrelloMember,
): Pick<TrelloMember, "avatarSource" | "prefs"> {
  const source = arg(context, "avatarSource");
  const known = SOURCES.find((each) => each === source);
  if (source !== undefined && known === undefined) refuse(400, "invalid value for avatarSource");
  const locale = arg(context, "prefs/locale");
  const colorBlind = arg(context, "prefs/colorBlind");
  const minutes = arg(context, "prefs/minutesBetweenSummaries");
  if (locale === "") refuse(400, "invalid value for prefs/locale");
  if (colorBlind !== undefined && !["true", "false"].includes(colorBlind))
    refuse(400, "invalid value for prefs/colorBlind");
  if (minutes !== undefined && !["-1", "1", "60"].includes(minutes))
    refuse(400, "invalid value for prefs/minutesBetweenSummaries");
  const picture = known ?? avatarSource;
  return {
    ...(picture && { avatarSource: picture }),
    prefs: {
      ...prefs,
      ...(locale !== undefined && { locale }),
      ...(colorBlind !== undefined && { colorBlind: colorBlind === "true" }),
      ...(minutes !== undefined && { minutesBetweenSummaries: Number(minutes) }),
    },
  };
}
