/**
 * Arrays as parameters in PostgreSQL's binary format: neither side prints or reads decimals and quotes, which for
 * thousands of rows at once is most of the work. The statement casts each (`$1::int8[]`), for the type must match.
 * @see https://www.postgresql.org/docs/current/protocol-overview.html#PROTOCOL-FORMAT-CODES
 */

type Int8 = bigint | number | null;

/** Numbers must be safe integers. */
export function int8Array(values: readonly Int8[]): Buffer {
  const { buffer, view, start } = fixedArray(20, 8, values);
  let at = start;
  for (const value of values) {
    at += lengthAt(view, at, value === null ? -1 : 8);
    if (typeof value === 'bigint') view.setBigInt64(at, value);
    else if (value !== null) {
      view.setInt32(at, Math.floor(value / 2 ** 32));
      view.setInt32(at + 4, value | 0);
    }
    if (value !== null) at += 8;
  }
  return buffer;
}

export function int4Array(values: readonly (number | null)[]): Buffer {
  return numberArray(23, 4, values);
}

export function int2Array(values: readonly (number | null)[]): Buffer {
  return numberArray(21, 2, values);
}

export function float8Array(values: readonly (number | null)[]): Buffer {
  return numberArray(701, 8, values);
}

/** A list of texts as the text of an array, for a row that has one among others. */
export function arrayLiteral(values: readonly string[]): string {
  return `{${values.map((value) => `"${isPlain(value) ? value : value.replace(/["\\]/g, '\\$&')}"`).join()}}`;
}

function isPlain(text: string): boolean {
  return !text.includes('"') && !text.includes('\\');
}

export function textArray(values: readonly (string | null)[]): Buffer {
  let bytes = 0;
  const lengths = values.map((value) => {
    const length = value === null ? 0 : Buffer.byteLength(value);
    bytes += length;
    return length;
  });
  const { buffer, start } = header(25, values.length, bytes + 4 * values.length, values.includes(null));
  let at = start;
  values.forEach((value, i) => {
    const length = lengths[i] ?? 0;
    buffer.writeInt32BE(value === null ? -1 : length, at);
    at += 4;
    if (value !== null) at += buffer.write(value, at);
  });
  return buffer;
}

function numberArray(type: number, width: 2 | 4 | 8, values: readonly (number | null)[]): Buffer {
  const { buffer, view, start } = fixedArray(type, width, values);
  let at = start;
  for (const value of values) {
    at += lengthAt(view, at, value === null ? -1 : width);
    if (value === null) continue;
    if (width === 8) view.setFloat64(at, value);
    else if (width === 4) view.setInt32(at, value);
    else view.setInt16(at, value);
    at += width;
  }
  return buffer;
}

function lengthAt(view: DataView, at: number, length: number): number {
  view.setInt32(at, length);
  return 4;
}

/** Room for values of one width, which begin at `start`, with the header written. */
function fixedArray(
  type: number,
  width: number,
  values: readonly unknown[],
): { buffer: Buffer; view: DataView; start: number } {
  let nulls = 0;
  for (const value of values) if (value === null) nulls++;
  const size = 4 * values.length + width * (values.length - nulls);
  const { buffer, start } = header(type, values.length, size, nulls > 0);
  return { buffer, view: new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength), start };
}

/** Dimensions, whether there are nulls, the elements' type; then for one dimension its length and lower bound. */
function header(type: number, length: number, size: number, hasNull: boolean): { buffer: Buffer; start: number } {
  const start = length === 0 ? 12 : 20;
  const buffer = Buffer.allocUnsafe(start + size);
  buffer.writeInt32BE(length === 0 ? 0 : 1, 0);
  buffer.writeInt32BE(hasNull ? 1 : 0, 4);
  buffer.writeInt32BE(type, 8);
  if (length > 0) {
    buffer.writeInt32BE(length, 12);
    buffer.writeInt32BE(1, 16);
  }
  return { buffer, start };
}
