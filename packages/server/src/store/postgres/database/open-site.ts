import { r4Conformance } from '@chartgate/fhir';
import { termsOf } from '../index/term.ts';
import type { Database } from './database.ts';
import type { Site } from './site.ts';
import { sql } from './sql.ts';

type Row = { name: string; schema_name: string; hash_key: string };

/** The site of this name; undefined where there is none. @param base its own FHIR base, without a slash at its end */
export async function openSite(database: Database, name: string, base?: string): Promise<Site | undefined> {
  // PostgreSQL takes no text with a NUL, and a path may have one
  if (name.includes('\0')) return undefined;
  const [row] = await database.reads.query<Row>(
    sql`select name, schema_name, hash_key from chartgate.site where name = ${name}`,
  );
  if (!row) return undefined;
  return {
    name: row.name,
    schema: row.schema_name,
    hashKey: row.hash_key,
    terms: termsOf(row.hash_key),
    conformance: { ...r4Conformance },
    ...(base === undefined ? {} : { base }),
  };
}
