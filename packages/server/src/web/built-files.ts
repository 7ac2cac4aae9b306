import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export type Coding = 'br' | 'gzip';

/** A script, style sheet or picture of the web app. Its name holds a hash of what is in it, so it never changes. */
export type WebAsset = {
  readonly type: string;
  readonly bytes: Buffer;
  readonly compressed: Readonly<Partial<Record<Coding, Buffer>>>;
};

/** The web app as it was built, in memory. */
export type WebFiles = {
  /** HTML of the entries by name, with marks that are filled in for each browser. */
  readonly entries: ReadonlyMap<string, string>;
  readonly assets: ReadonlyMap<string, WebAsset>;
};

export const webEntries = ['console', 'playground', 'portal'] as const;

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
  png: 'image/png',
};

/** Reads what was built. @param folder where Vite wrote it @returns undefined: nothing was built */
export async function readBuiltFiles(folder: string): Promise<WebFiles | undefined> {
  try {
    const entries = await Promise.all(
      webEntries.map(async (name) => [name, await readFile(join(folder, `${name}.html`), 'utf8')] as const),
    );
    return { entries: new Map(entries), assets: await readAssets(join(folder, 'web-assets')) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function readAssets(folder: string): Promise<Map<string, WebAsset>> {
  const names = await readdir(folder);
  const bytes = new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)),
  );
  const assets = new Map<string, WebAsset>();
  for (const [name, whole] of bytes) {
    const type = types[name.split('.').at(-1) ?? ''];
    if (type === undefined) continue;
    const [br, gzip] = [bytes.get(`${name}.br`), bytes.get(`${name}.gz`)];
    assets.set(name, { type, bytes: whole, compressed: { ...(br ? { br } : {}), ...(gzip ? { gzip } : {}) } });
  }
  return assets;
}
