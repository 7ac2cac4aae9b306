/** Writes docs/errors.md: `node --conditions=@chartgate/source packages/server/scripts/errors-page.ts`. */
import { writeFile } from 'node:fs/promises';
import { errorsPage } from '../src/oauth/errors-page.ts';

await writeFile(new URL('../../../docs/errors.md', import.meta.url), errorsPage());
