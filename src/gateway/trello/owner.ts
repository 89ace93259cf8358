import { type Member, member } from "../../domain/trello.ts";
import { parseReply } from "../http/parse.ts";
import type { SubRequest } from "./batch.ts";

/** The token's owner, learnt once in the life of the gateway. */
export interface Owner {
  /** `ask` sends the request of its own; it is called only where no batch takes the question along. */
  get(ask: () => Promise<Member>): Promise<Member>;
  /** A seat in a batch that is about to leave, or null where the answer is known or under way. */
  ride(): Ride | null;
}

interface Ride {
  readonly request: SubRequest;
  /** Must be called, with the body of the reply or with null where there was none. */
  arrive(body: unknown): void;
}

export const ME = {
  operation: "GET /members/{id}",
  path: "/members/me",
  query: { fields: "id,username,fullName,memberType,confirmed,aaId,email,dateLastActive" },
} as const;

export function createOwner(): Owner {
  let known: Member | null = null;
  let underWay: Promise<Member | null> | null = null;

  function follow(answer: Promise<Member | null>): void {
    underWay = answer;
    const finish = (value: Member | null) => {
      known ??= value;
      if (underWay === answer) underWay = null;
    };
    answer.then(finish, () => finish(null));
  }

  async function get(ask: () => Promise<Member>): Promise<Member> {
    if (known) return known;
    // A workspace that is asked for in the same breath carries the question with it.
    await Promise.resolve();
    if (!underWay) follow(ask());
    const answer = await underWay;
    return answer ?? known ?? get(ask);
  }

  return {
    get,
    ride() {
      if (known || underWay) return null;
      let arrived: (value: Member | null) => void = () => undefined;
      follow(new Promise((resolve) => (arrived = resolve)));
      return {
        request: ME,
        arrive(body) {
          try {
            arrived(
              body === null
                ? null
                : parseReply(member, body, { upstream: "trello", operation: ME.operation }),
            );
          } catch {
            // Whoever needs the owner asks again and is told what is wrong.
            arrived(null);
          }
        },
      };
    },
  };
}
