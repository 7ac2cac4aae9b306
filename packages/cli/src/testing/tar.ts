/** A tar archive of the files; names over 100 bytes get a pax header. */
export function tar(files: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(files).flatMap(([name, text]) => {
    const entry = member(name.slice(-100), '0', Buffer.from(text));
    return name.length <= 100 ? [entry] : [member('pax', 'x', Buffer.from(record(`path=${name}`))), entry];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

function member(name: string, kind: string, body: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(kind, 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

function record(text: string): string {
  let length = text.length + 2;
  while (`${length} ${text}\n`.length !== length) length++;
  return `${length} ${text}\n`;
}
