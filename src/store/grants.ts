import type { Grants, GrantTokens, Renewal } from "../domain/grant.ts";
import { appendEvent } from "./chain.ts";
import { createSeal, type Seal } from "./seal.ts";
import { after, type Database, instant, type ReadTx, type Tables, type Tx } from "./schema.ts";

interface Secrets {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** A refresh token is sent at most twice. The second time is for the case that the first answer was lost. */
const MOST_ATTEMPTS = 2;

type Row = Tables["trello_grants"];

/**
 * The stored sign-in by Trello's OAuth 2.0. There is one for each OAuth 2.0 client. `client`: the URL of the OAuth 2.0
 * server and the client id. `key` encrypts the stored tokens.
 */
export function createGrants(database: Database, client: string, key: string): Grants {
  const seal = createSeal(key);

  /** The stored sign-in. undefined if another process has renewed or replaced it since this process read it. */
  async function rowOf(tx: ReadTx, { id, generation }: Omit<Renewal, "holder">): Promise<Row | undefined> {
    const row = await rowFor(tx, client);
    return row?.id === id && row.generation === generation ? row : undefined;
  }

  async function change(tx: Tx, values: Partial<Row>): Promise<void> {
    await tx.updateTable("trello_grants").set(values).where("client", "=", client).execute();
  }

  return {
    get: (now) =>
      database.read(async (tx) => {
        const row = await rowFor(tx, client);
        if (!row) return null;
        const at = Date.parse(await database.now(tx, now));
        return {
          id: row.id,
          idMember: row.id_member,
          scopes: scopesIn(row),
          signedInAt: row.signed_in_at,
          generation: row.generation,
          accessToken: secretsIn(seal, row).accessToken,
          accessAgeMs: at - Date.parse(row.obtained_at),
          accessLeftMs: Date.parse(row.expires_at) - at,
          ended: row.ended,
        };
      }),
    signIn: ({ id, idMember, by }, tokens, now) =>
      database.write(async (tx) => {
        const before = await rowFor(tx, client);
        await tx.deleteFrom("trello_grants").where("client", "=", client).execute();
        const at = await database.now(tx, now);
        const { accessToken, refreshToken } = tokens;
        const row = { client, id, generation: 0 };
        await tx
          .insertInto("trello_grants")
          .values({
            ...row,
            ...fresh(tokens, at),
            id_member: idMember,
            scopes: tokens.scopes.join(" "),
            signed_in_at: instant(at),
            secret: closed(seal, row, { accessToken, refreshToken }),
          })
          .execute();
        await appendEvent(tx, {
          at: instant(at),
          event: "sign_in",
          principal: idMember,
          client: "",
          tool: "login",
          subject: id,
          facts: { way: "OAuth 2.0", by, scopes: tokens.scopes, replaced: before?.id_member ?? null },
        });
        return before?.id_member ?? null;
      }),
    startRenewal: (renewal, leaseMs, now) =>
      database.write(async (tx) => {
        const row = await rowOf(tx, renewal);
        if (!row || row.ended !== null) return { kind: "changed" };
        const at = await database.now(tx, now);
        const isOthers = row.renewal_holder !== null && row.renewal_holder !== renewal.holder;
        if (isOthers && row.renewal_until !== null && row.renewal_until > at) return { kind: "wait" };
        if (row.attempts >= MOST_ATTEMPTS) {
          await change(tx, { ended: "lost", renewal_holder: null, renewal_until: null });
          return { kind: "changed" };
        }
        await change(tx, {
          renewal_holder: renewal.holder,
          renewal_until: after(at, leaseMs),
          attempts: row.attempts + 1,
        });
        return { kind: "send", refreshToken: secretsIn(seal, row).refreshToken };
      }),
    finishRenewal: (renewal, tokens, now) =>
      database.write(async (tx) => {
        const row = await rowOf(tx, renewal);
        if (!row) return;
        const next = { client, id: row.id, generation: row.generation + 1 };
        const { accessToken, refreshToken } = tokens;
        const secrets = { accessToken, refreshToken: refreshToken ?? secretsIn(seal, row).refreshToken };
        await change(tx, {
          ...fresh(tokens, await database.now(tx, now)),
          generation: next.generation,
          secret: closed(seal, next, secrets),
          ...(tokens.scopes && { scopes: tokens.scopes.join(" ") }),
        });
      }),
    abandonRenewal: (renewal, why) =>
      database.write(async (tx) => {
        const row = await rowOf(tx, renewal);
        // If another process has taken over the renewal, only that process may store a result.
        if (row?.renewal_holder !== renewal.holder) return;
        await change(tx, {
          renewal_holder: null,
          renewal_until: null,
          ...(why === "refused" ? { ended: "refused" } : { attempts: row.attempts - 1 }),
        });
      }),
    forget: () =>
      database.write(async (tx) => {
        const row = await rowFor(tx, client);
        await tx.deleteFrom("trello_grants").where("client", "=", client).execute();
        if (!row) return null;
        const gone = { id: row.id, idMember: row.id_member };
        try {
          return { ...gone, refreshToken: secretsIn(seal, row).refreshToken };
        } catch {
          // If the key is missing, the sign-in cannot be decrypted. The sign-in is deleted anyway. Its refresh token
          // stays unknown, so the caller cannot revoke the token.
          return { ...gone, refreshToken: null };
        }
      }),
  };
}

async function rowFor(tx: ReadTx, client: string): Promise<Row | undefined> {
  return await tx.selectFrom("trello_grants").selectAll().where("client", "=", client).executeTakeFirst();
}

/** The columns to store for a new pair of access token and refresh token. */
function fresh({ expiresInMs }: GrantTokens, at: string) {
  return {
    obtained_at: instant(at),
    expires_at: after(at, expiresInMs),
    ended: null,
    renewal_holder: null,
    renewal_until: null,
    attempts: 0,
  };
}

function scopesIn({ scopes }: Row): readonly string[] {
  return scopes.split(" ").filter((scope) => scope !== "");
}

type Place = Pick<Row, "client" | "id" | "generation">;

function closed(seal: Seal, place: Place, secrets: Secrets): string {
  return seal.close(JSON.stringify(secrets), about(place));
}

function secretsIn(seal: Seal, row: Row): Secrets {
  return JSON.parse(seal.open(row.secret, about(row))) as Secrets;
}

function about({ client, id, generation }: Place): string {
  return `${client} ${id} ${generation}`;
}

/** Creates the table of sign-ins by OAuth 2.0. */
export async function addTrelloGrants(tx: Tx): Promise<void> {
  await tx.schema
    .createTable("trello_grants")
    .addColumn("client", "text", (column) => column.primaryKey().notNull())
    .addColumn("id", "text", (column) => column.notNull())
    .addColumn("id_member", "text", (column) => column.notNull())
    .addColumn("scopes", "text", (column) => column.notNull())
    .addColumn("signed_in_at", "text", (column) => column.notNull())
    .addColumn("generation", "integer", (column) => column.notNull())
    .addColumn("secret", "text", (column) => column.notNull())
    .addColumn("obtained_at", "text", (column) => column.notNull())
    .addColumn("expires_at", "text", (column) => column.notNull())
    .addColumn("ended", "text")
    .addColumn("renewal_holder", "text")
    .addColumn("renewal_until", "text")
    .addColumn("attempts", "integer", (column) => column.notNull())
    .execute();
}
