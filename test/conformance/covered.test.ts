import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

/**
 * The lines of what the (g)(10) kit and SMART demand of the gate, by section and number, each with what it is about. A test
 * for a line begins `conformance 3.06: …`; one for several `conformance 7.2, 7.3: …`. Numbers with two digits after the
 * point, and 1.8.05 and 3.7.05, are the kit's own; the others count the lines of a section in their order.
 */
const lines: Readonly<Record<string, string>> = {
  '1.01': 'smart-configuration is JSON with absolute addresses',
  '1.02': 'its members, and their types',
  '1.03': 'it may be read from other origins',
  '1.04': 'so may metadata',
  '1.05': 'what the specification wants beside what the kit asks',
  '1.8.05': 'capabilities of the standalone launch',
  '3.7.05': 'capabilities of the EHR launch',
  '3.01': 'the authorization request, and aud with and without a slash',
  '3.02': 'the browser arrives with the same state',
  '3.03': 'and a code, and no error',
  '3.05': 'token request by Basic',
  '3.06': 'members of the token response',
  '3.07': 'headers of the token response',
  '3.08': 'CORS of the token response, for a public client',
  '3.09': 'scopes that were received',
  '3.10': 'a read without a token is 401',
  '3.11': 'patient, and its read',
  '3.12': 'patient is a bare id',
  '4.01': 'iss leads to openid-configuration',
  '4.02': 'members of openid-configuration',
  '4.03': 'jwks_uri has an RSA key',
  '4.04': 'header of the id_token',
  '4.05': 'signature and claims of the id_token',
  '4.06': 'fhirUser, and its read',
  '4.07': 'that read from another origin',
  '5.1': 'refresh without scope',
  '5.2': 'refresh with the whole scope',
  '5.3': 'a read with the new token',
  '5.4': 'an invalid refresh token',
  '5.5': 'refreshes close together end nothing',
  '6.1': 'every type is granted',
  '6.2': 'and its first search is 200',
  '7.1': 'the consent page grants and denies by type',
  '7.2': 'what is denied is not in the scope, and there is no wildcard',
  '7.3': 'what is denied is 401 or 403',
  '7.4': 'the patient is read all the same',
  '8.1': 'the launch leads to the app with iss and launch',
  '8.2': 'the authorization endpoint takes POST from another origin',
  '8.3': 'user/ scopes, as asked',
  '8.4': 'patient, encounter, need_patient_banner, smart_style_url',
  '8.5': 'members of the style',
  '8.6': 'id_token, refresh, invalid refresh',
  '8.7': 'a launch is bound, and good once',
  '9.3': 'revocation, and a page for it',
  '9.4': 'a foreign aud',
  '9.16': 'public client',
  '9.17': 'a bad code, a bad client',
  '9.18': 'PKCE',
  '9.19': 'EHR launch with patient/ scopes',
  '9.20': 'introspection',
  '9.21': 'asymmetric client',
  '9.22': 'scopes of v1',
  '9.25': 'scopes by category (9.23 for US Core 6)',
  '9.28': 'the choice of categories (9.26 for US Core 6)',
  '10.1': 'grammars of v1 and v2',
  '10.2': 'r and s',
  '10.3': 'patient/ scopes, and the directory',
  '10.4': 'what is included needs its own scope',
  '11.1': 'unknown grant type',
  '11.2': 'unknown assertion type',
  '11.3': 'another issuer',
  '11.4': 'a valid request',
  '11.5': 'members of its answer',
  '11.6': 'form of the errors',
  '11.7': 'no assertion, no JWT, alg none, HS256',
  '11.8': 'alg against client and key',
  '11.9': 'kid missing, unknown, of two keys',
  '11.10': 'typ',
  '11.11': 'jku',
  '11.12': 'keys that cannot be had',
  '11.13': 'a wrong signature',
  '11.14': 'iss, sub, client_id',
  '11.15': 'aud',
  '11.16': 'exp, nbf, iat',
  '11.17': 'jti',
  '11.18': 'scope',
  '11.19': 'a client without the grant type',
  '11.20': 'method and content type',
  '11.21': 'keys inline and by URL, and how long they are kept',
  '13.1': 'apps for one patient and for many are registered',
  '13.2': 'a page to authorize resources, and to take that back',
  '13.3': 'consent tells of offline_access',
  '13.4': 'refresh tokens live for 3 months, of native apps too, and are renewed',
  '13.5': 'tokens can be introspected',
  '13.6': 'a backend service gets what was authorized before, and no more',
  '13.8': 'keys are kept no longer than Cache-Control says',
  '13.12': 'clinical tests have a scope of their own',
  '15.1': 'documents, fhirUser and token from other origins',
  '15.2': 'preflight, and the headers that pages may read',
  '18.01': 'dynamic registration: answers and errors',
  '18.02': 'signed software statements',
};

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The lines that the names of all tests say they try. */
function tried(): ReadonlySet<string> {
  const numbers = new Set<string>();
  for (const folder of ['packages', 'test']) {
    for (const path of readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })) {
      if (!path.endsWith('.test.ts') || path.includes('node_modules')) continue;
      const text = readFileSync(`${root}/${folder}/${path}`, 'utf8');
      for (const [, list = ''] of text.matchAll(/\btest\(\s*['"`]conformance ([\d., ]+):/g)) {
        for (const number of list.split(',')) numbers.add(number.trim());
      }
      // one name for the two lists of capabilities
      if (/`conformance \$\{id\}:/.test(text))
        for (const [, id = ''] of text.matchAll(/\['(\d\.\d\.\d\d)', /g)) numbers.add(id);
    }
  }
  return numbers;
}

test('each line of what the gate must conform to has a test by its number', () => {
  const found = tried();
  assert.deepEqual(
    Object.keys(lines).filter((number) => !found.has(number)),
    [],
  );
});

test('no test names a line that is not in the table', () => {
  const known = new Set(Object.keys(lines));
  assert.deepEqual(
    [...tried()].filter((number) => !known.has(number)),
    [],
  );
});
