/**
 * Arrays as parameters in PostgreSQL's binary format: neither side prints or reads decimals and quotes, which for
 * thousands of rows at once is most of the work. The statement casts each (`$1::int8[]`), for the type must match.
 * @see https://www.postgresql.org/docs/current/protocol-overview.html#PROTOCOL-FORMAT-CODES
 */

type Int8 = bigint | number | null;

/** Numbers must be safe integers. */
export function int8Array(values: readonly Int8[]): Buffer {
  return fixedArray(20, 8, values, (view, value, at) => {
    if (typeof value === 'bigint') return view.setBigInt64(at, value);
    view.setInt32(at, Math.floor(value / 2 ** 32));
    view.setInt32(at + 4, value | 0);
  });
}

export function int4Array(values: readonly (number | null)[]): Buffer {
  return fixedArray(23, 4, values, (view, value, at) => view.setInt32(at, value));
}

export function int2Array(values: readonly (number | null)[]): Buffer {
  return fixedArray(21, 2, values, (view, value, at) => view.setInt16(at, value));
}

export function float8Array(values: readonly (number | null)[]): Buffer {
  return fixedArray(701, 8, values, (view, value, at) => view.setFloat64(at, value));
}

/** A list of texts as the text of an array, for a row that has one among others. */
export function arrayLiteral(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join()}}`;
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

function fixedArray<V>(
  type: number,
  width: number,
  values: readonly (V | null)[],
  write: (view: DataView, value: V, at: number) => void,
): Buffer {
  let nulls = 0;
  for (const value of values) if (value === null) nulls++;
  const size = 4 * values.length + width * (values.length - nulls);
  const { buffer, start } = header(type, values.length, size, nulls > 0);
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  let at = start;
  for (const value of values) {
    view.setInt32(at, value === null ? -1 : width);
    at += 4;
    if (value === null) continue;
    write(view, value, at);
    at += width;
  }
  return buffer;
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
