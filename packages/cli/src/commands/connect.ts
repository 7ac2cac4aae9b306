import { hostname } from 'node:os';
import { fhirClient, tokenSource } from '@chartgate/client';
import { type CommandDefinition, hasOption, type Options, textOption } from '../command.ts';
import { approved, firstToken } from '../connect/approval.ts';
import { done, prepare, registered, type Wish } from '../connect/steps.ts';
import { usage } from '../failure.ts';
import { say } from '../io.ts';
import { useProfile } from '../profile/profile.ts';
import { printResources, resourcesOf } from '../show/resource.ts';

/** `connect`: discover, make keys, register, wait for approval, sign and get a token, read the first patients. */
export const command: CommandDefinition = {
  examples: [
    ['connect http://localhost:8080', 'a Chartgate on this machine'],
    ['connect https://emr.example/openemr', 'an OpenEMR, by its root'],
    ["connect https://chart.example/fhir --scope 'system/Patient.rs'", 'ask for less'],
    ['connect URL --client-id ID --key chartgate-key.json', 'a client that is registered already'],
    ['connect URL --wait 0', 'do not wait for approval: exit code 8 while pending'],
  ],
  details: `
What it finds and makes is kept as a profile, so that running it again goes on where it was, and token and get need
nothing else.`,
  configure: (command) =>
    command
      .argument('[url]', 'FHIR base or root of a SMART server (else CHARTGATE_URL)')
      .option('--scope <scopes>', 'scopes to ask for (Default: system/*.rs, all to be read)')
      .option('--name <name>', 'name of the client, for its administrator')
      .option('--alg <algorithm>', 'RS384 or ES384', 'ES384')
      .option('--client-id <id>', 'a client that the server knows already')
      .option('--key <file>', 'its private key: a JWK, or PKCS #8 in PEM')
      .option('--profile <name>', "profile to keep it in (Default: the server's host and port)")
      .option('--wait <seconds>', 'how long to wait for approval', '600')
      .option('--again', 'forget the profile: new keys, new client'),
  async run(io, [url], options) {
    const wish = wishOf(url ?? io.env.CHARTGATE_URL, options);
    const wait = Number(textOption(options, 'wait'));
    if (!Number.isFinite(wait) || wait < 0) throw usage('--wait is a number of seconds.');
    const prepared = await prepare(io, wish);
    const profile = await approved(io, await registered(io, wish, prepared), wait);
    const token = await firstToken(io, profile, wait);
    await useProfile(io, profile.name);
    const renew = () => firstToken(io, profile, 0);
    const { fhirBase } = profile.server;
    const fhir = fhirClient({ base: fhirBase, token: tokenSource(renew, token), fetch: io.fetch, signal: io.signal });
    const { resource: page } = await fhir.search('Patient?_count=20');
    const patients = resourcesOf(page).filter(({ resourceType }) => resourceType === 'Patient');
    const total = page.total === undefined ? '' : ` of ${page.total}`;
    done(io, 'patients', `the first ${patients.length}${total}`);
    await printResources(io, patients);
    say(io, '', `Next: npx chartgate get 'Patient?name=…'   or: npx chartgate token`);
    return undefined;
  },
};

function wishOf(url: string | undefined, options: Options): Wish {
  const alg = textOption(options, 'alg');
  if (!url) throw usage('Name the server: npx chartgate connect URL, such as http://localhost:8080');
  if (alg !== 'RS384' && alg !== 'ES384') throw usage(`--alg is RS384 or ES384, not ${alg}.`);
  const [clientId, keyFile] = [textOption(options, 'clientId'), textOption(options, 'key')];
  if (clientId && !keyFile) throw usage('--client-id needs --key, the private key of that client.');
  return {
    url: /^[a-z]+:\/\//i.test(url) ? url : `${/^(localhost|127\.)/.test(url) ? 'http' : 'https'}://${url}`,
    alg,
    clientId,
    keyFile,
    scope: textOption(options, 'scope'),
    name: textOption(options, 'name') ?? `chartgate on ${hostname()}`,
    profile: textOption(options, 'profile'),
    again: hasOption(options, 'again'),
  };
}
