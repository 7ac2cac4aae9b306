/** Writes docs/who-sees-what.md: `node --conditions=@chartgate/source packages/server/scripts/types-page.ts`. */
import { writeFile } from 'node:fs/promises';
import { typesPage } from '../src/access/types-page.ts';

await writeFile(new URL('../../../docs/who-sees-what.md', import.meta.url), typesPage());
