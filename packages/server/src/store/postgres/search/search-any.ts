import type { SearchSystem, SearchType } from '../../../access/interaction.ts';
import type { Permitted } from '../../../access/permit.ts';
import type { SearchPage } from '../../ports.ts';
import type { Connection } from '../database/database.ts';
import type { Site } from '../database/site.ts';
import { search } from './search.ts';
import { searchSystem } from './search-system.ts';

/** One page of a search, on one type or over several. Throws as `search` and `searchSystem` do. */
export function searchAny(
  connection: Connection,
  site: Site,
  permitted: Permitted<SearchType | SearchSystem>,
): Promise<SearchPage> {
  return isOnType(permitted)
    ? search(connection, site, permitted)
    : searchSystem(connection, site, permitted as Permitted<SearchSystem>);
}

function isOnType(permitted: Permitted<SearchType | SearchSystem>): permitted is Permitted<SearchType> {
  return permitted.interaction.code === 'search-type';
}
