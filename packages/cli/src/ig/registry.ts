import type { PackageId } from '@chartgate/client';
import { exitCodes, Failure, usage } from '../failure.ts';
import type { Io } from '../io.ts';
import { labelOf } from './package-id.ts';

/** Bytes that a package's archive, and a list of versions, may have. */
const archiveLimit = 64 << 20;
const listLimit = 8 << 20;

/** Time for one download, ms. */
const patience = 120_000;

/** Where FHIR packages are fetched from. @see https://hl7.org/fhir/packages.html */
export type Registry = {
  /** The archive of a package. @throws a failure that says why it could not be had */
  readonly fetch: (id: PackageId) => Promise<Uint8Array<ArrayBuffer>>;
  /** The version that one such as `5.0.x`, `current` or `latest` stands for; one that stands for itself is left alone. */
  readonly resolve: (id: PackageId) => Promise<PackageId>;
};

/** @param address such as the value of --registry @throws a usage failure where it is no address */
export function registryAt(address: string, io: Io): Registry {
  if (!/^https?:\/\//.test(address) || !URL.canParse(address)) throw usage(`--registry is no address: ${address}`);
  const base = address.replace(/\/+$/, '');
  const get = (url: string, limit: number) => download(url, limit, io);
  return {
    fetch: async (id) => {
      const body = await get(`${base}/${id.name}/${id.version}`, archiveLimit);
      const elsewhere = tarballIn(body);
      return elsewhere === undefined ? body : get(elsewhere, archiveLimit);
    },
    resolve: async (id) => {
      if (!/(^|\.)[x*](\.|$)|^(latest|current)$/i.test(id.version)) return id;
      const list = JSON.parse(new TextDecoder().decode(await get(`${base}/${id.name}`, listLimit)));
      const version = chosen(id.version, list as VersionList);
      if (version !== undefined) return { name: id.name, version };
      throw new Failure(exitCodes.notFound, 'api', `the registry has no version that ${labelOf(id)} means`);
    },
  };
}

type VersionList = {
  readonly versions?: Readonly<Record<string, unknown>>;
  readonly 'dist-tags'?: { latest?: string };
};

function chosen(wanted: string, { versions = {}, 'dist-tags': tags }: VersionList): string | undefined {
  if (!/[x*]/i.test(wanted)) return tags?.latest;
  const fits = wanted.toLowerCase().split('.');
  const all = Object.keys(versions).filter((version) => {
    const parts = version.split('.');
    return /^\d+(\.\d+)*$/.test(version) && fits.every((part, i) => part === 'x' || part === '*' || part === parts[i]);
  });
  return all.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
}

/** Some registries answer with a description that says where the archive is. */
function tarballIn(body: Uint8Array): string | undefined {
  if (body[0] !== 0x7b) return undefined; // {
  try {
    const { dist } = JSON.parse(new TextDecoder().decode(body)) as { readonly dist?: { readonly tarball?: unknown } };
    return typeof dist?.tarball === 'string' && /^https?:\/\//.test(dist.tarball) ? dist.tarball : undefined;
  } catch {
    return undefined;
  }
}

async function download(url: string, limit: number, io: Io): Promise<Uint8Array<ArrayBuffer>> {
  const signal = AbortSignal.any([io.signal, AbortSignal.timeout(patience)]);
  try {
    const answer = await (io.fetch ?? fetch)(url, {
      signal,
      headers: { accept: 'application/gzip, application/json' },
    });
    if (answer.status === 404) throw new Failure(exitCodes.notFound, 'api', 'the registry does not have it');
    if (!answer.ok) throw new Failure(exitCodes.failed, 'api', `the registry answered ${answer.status}`);
    return await bounded(answer, limit);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    if (io.signal.aborted) throw io.signal.reason;
    throw new Failure(exitCodes.failed, 'network', 'the registry cannot be reached, or broke off');
  }
}

async function bounded(answer: Response, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    if (size > limit) throw new Failure(exitCodes.failed, 'api', `it is longer than ${limit} bytes`);
    chunks.push(chunk);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
