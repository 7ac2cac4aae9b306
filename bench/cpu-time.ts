import { readdir, readFile } from 'node:fs/promises';

/** Clock ticks a second of /proc on Linux. */
const ticks = 100;

/** CPU seconds that a process has used so far, its ended children's included; undefined where /proc is not to be had. */
export async function cpuSeconds(pid: number): Promise<number | undefined> {
  const fields = await statFields(pid);
  return fields && fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) / ticks;
}

/** The same of a process and all its running children. */
export async function treeCpuSeconds(pid: number): Promise<number | undefined> {
  const own = await cpuSeconds(pid);
  if (own === undefined) return undefined;
  const others = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const children = await Promise.all(
    others.map(async (other) => ((await statFields(other))?.[1] === String(pid) ? cpuSeconds(other) : 0)),
  );
  return children.reduce<number>((sum, seconds) => sum + (seconds ?? 0), own);
}

/** What follows the process's name in /proc/pid/stat: state, parent, …; 11 to 14 are the CPU times. */
async function statFields(pid: number): Promise<string[] | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}
