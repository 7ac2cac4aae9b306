import { gzipSync } from 'node:zlib';

/** A file of an archive; `kind` is the tar type flag where it is no regular file. */
export type ArchiveFile = { readonly name: string; readonly text: string | Buffer; readonly kind?: string };

/** A tar archive in gzip, of the files as they are named. */
export function tgz(files: readonly ArchiveFile[]): Buffer {
  return gzipSync(Buffer.concat([...files.map(member), Buffer.alloc(1024)]));
}

/** A FHIR package: manifest and resources, each in a file of its own. */
export function packageOf(
  manifest: Record<string, unknown>,
  resources: readonly Record<string, unknown>[] = [],
): Buffer {
  const about = { fhirVersions: ['4.0.1'], ...manifest };
  const files = resources.map((resource, i) => ({ name: `package/${i}.json`, text: JSON.stringify(resource) }));
  return tgz([{ name: 'package/package.json', text: JSON.stringify(about) }, ...files]);
}

function member({ name, text, kind = '0' }: ArchiveFile): Buffer {
  const body = Buffer.from(text);
  const size = body.length.toString(8).padStart(11, '0');
  return Buffer.concat([header(name, size, kind), body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

/** The header of a file. @param size eleven octal digits */
export function header(name: string, size: string, kind = '0'): Buffer {
  const made = Buffer.alloc(512);
  made.write(name, 0, 100);
  made.write('0000644\0', 100);
  made.write(`${size}\0`, 124);
  made.write('        ', 148);
  made.write(kind, 156);
  made.write('ustar\x0000', 257);
  const sum = made.reduce((total, byte) => total + byte, 0);
  made.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return made;
}
