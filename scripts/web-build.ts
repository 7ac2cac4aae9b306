import { execFileSync } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** Builds the web app where a source of it is newer than what was built. */
export function buildWebIfStale(): void {
  const built = statSync(`${root}/packages/web/dist/console.html`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = globSync('packages/{web,client}/{src/**/*,*.html,*.ts}', { cwd: root });
  if (sources.every((file) => statSync(`${root}/${file}`).mtimeMs < built)) return;
  execFileSync('npm', ['run', 'build', '-w', 'packages/web'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}
