import { resourceStore } from '../store/postgres/resource-store.ts';
import type { TestDatabase } from './database.ts';
import { content, permitted } from './permits.ts';

export type TestResource = { readonly resourceType: string; readonly id: string; readonly [member: string]: unknown };

/** Writes resources into the chart of a test's database, with the ids that they have. */
export async function putResources(
  { database, site }: Pick<TestDatabase, 'database' | 'site'>,
  ...resources: readonly TestResource[]
): Promise<void> {
  const store = resourceStore(database, site);
  for (const resource of resources) {
    const { resourceType: type, id } = resource;
    const asked = { type, content: content(resource) };
    await store.write([
      {
        kind: 'update',
        permitted: permitted({ code: 'update', id, ...asked }),
        createPermitted: permitted({ code: 'create', ...asked }),
      },
    ]);
  }
}
