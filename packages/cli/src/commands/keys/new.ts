import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { generateKey, jwks, privateJwk, privatePem, type SigningKey } from '@chartgate/client';
import { type CommandDefinition, hasOption, textOption } from '../../command.ts';
import { usage } from '../../failure.ts';
import { say } from '../../io.ts';
import { writePrivate } from '../../private-file.ts';

/** `keys new`: the public key set to stdout, the private key to a file that only its owner can read. */
export const command: CommandDefinition = {
  examples: [
    ['keys new > jwks.json', 'ES384; the private key goes to ./chartgate-key.json'],
    ['keys new --alg RS384 --bits 4096 --out key.pem', 'RSA, the private key as PKCS #8'],
    ['keys new --x509', 'shows a self-signed certificate of the key as well'],
  ],
  details: `
The kid is the key's RFC 7638 SHA-256 thumbprint. The keys are made here and the private one never leaves this machine.
Register the JWKS with the server; sign with the private key.`,
  configure: (command) =>
    command
      .option('--alg <algorithm>', 'RS384 or ES384', 'ES384')
      .option('--bits <number>', 'length of an RSA key: 2048, 3072 or 4096 (Default: 3072)')
      .option('--out <file>', 'private key: a JWK, or PKCS #8 where the name ends in .pem', 'chartgate-key.json')
      .option('--force', 'write over the file')
      .option('--x509 [file]', 'make a self-signed certificate: to the file, else shown on stderr'),
  async run(io, _args, options) {
    const alg = textOption(options, 'alg');
    if (alg !== 'RS384' && alg !== 'ES384') throw usage(`--alg is RS384 or ES384, not ${alg}.`);
    const bits = Number(textOption(options, 'bits') ?? 3072);
    if (![2048, 3072, 4096].includes(bits)) throw usage('--bits is 2048, 3072 or 4096.');
    if (alg === 'ES384' && options.bits !== undefined)
      throw usage('--bits belongs to --alg RS384; ES384 is always P-384.');
    const out = resolve(io.cwd, textOption(options, 'out') ?? 'chartgate-key.json');
    const key = await generateKey(alg, bits);
    const text = out.endsWith('.pem') ? await privatePem(key) : JSON.stringify(await privateJwk(key), null, 2);
    await writePrivate(out, `${text.trimEnd()}\n`, hasOption(options, 'force'));
    say(io, `Private key: ${out} (only you can read it)`, `kid:         ${key.kid}`);
    if (options.x509) await certificate(key, textOption(options, 'x509'));
    await io.stdout.write(`${JSON.stringify(jwks(key), null, 2)}\n`);
    return undefined;

    async function certificate(made: SigningKey, file: string | undefined): Promise<void> {
      const pem = await (await import('../../certificate.ts')).selfSigned(made);
      if (file === undefined) return say(io, pem);
      await writeFile(resolve(io.cwd, file), `${pem}\n`);
      say(io, `Certificate: ${resolve(io.cwd, file)}`);
    }
  },
};
