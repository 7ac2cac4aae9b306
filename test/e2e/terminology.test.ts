import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type RunningServer, runningServer } from '../support/running-server.ts';

const gender = 'http://hl7.org/fhir/administrative-gender';
const genders = 'http://hl7.org/fhir/ValueSet/administrative-gender';
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const own = 'http://a.example/CodeSystem/beds';
const owns = 'http://a.example/ValueSet/beds';

type Parameter = { readonly name: string; readonly part?: readonly Parameter[]; readonly [value: string]: unknown };
type Json = {
  readonly resourceType: string;
  readonly parameter: readonly Parameter[];
  readonly issue: readonly { readonly code: string; readonly diagnostics: string }[];
  readonly expansion: { readonly total: number; readonly contains?: readonly { readonly code: string }[] };
};

let server: RunningServer;
let all: string;

before(async () => {
  server = await runningServer();
  all = await server.token('system/*.cruds');
  await put('CodeSystem', {
    url: own,
    content: 'complete',
    caseSensitive: true,
    concept: [{ code: 'bed', concept: [{ code: 'cot', display: 'Cot' }] }],
  });
  await put('ValueSet', { url: owns, compose: { include: [{ system: own }] } });
  // what was written is known within a moment
  for (let i = 0; i < 100 && (await ask(`ValueSet/$expand?url=${owns}`)).status !== 200; i++) {
    await new Promise((later) => setTimeout(later, 20));
  }
});
after(() => server.close());

async function put(type: string, resource: object): Promise<void> {
  const body = JSON.stringify({ resourceType: type, id: 'own', status: 'active', ...resource });
  const answer = await server.ask(`${type}/own`, all, { method: 'PUT', body });
  assert.equal(answer.status, 201, await answer.text());
}

async function ask(path: string, token = all): Promise<{ status: number; json: Json }> {
  const answer = await server.ask(path, token);
  return { status: answer.status, json: (await answer.json()) as Json };
}

async function post(path: string, parameter: readonly object[]): Promise<{ status: number; json: Json }> {
  const body = JSON.stringify({ resourceType: 'Parameters', parameter });
  const answer = await server.ask(path, all, { method: 'POST', body });
  return { status: answer.status, json: (await answer.json()) as Json };
}

/** `name: value` of the parameters that have a primitive. */
const valuesIn = ({ parameter }: Json) =>
  Object.fromEntries(
    parameter.flatMap((one) =>
      Object.keys(one)
        .filter((key) => key.startsWith('value'))
        .map((key) => [one.name, one[key]]),
    ),
  );
const codesIn = ({ expansion }: Json) => (expansion.contains ?? []).map(({ code }) => code);

describe('ValueSet/$expand', () => {
  test('answers the codes of a value set that is built in', async () => {
    const { status, json } = await ask(`ValueSet/$expand?url=${genders}`);
    assert.deepEqual([status, codesIn(json)], [200, ['male', 'female', 'other', 'unknown']]);
    assert.equal(json.resourceType, 'ValueSet');
  });

  test('filters and pages, by GET and POST', async () => {
    const filtered = await ask(`ValueSet/$expand?url=${genders}&filter=fem`);
    assert.deepEqual(codesIn(filtered.json), ['female']);
    const page = await post('ValueSet/$expand', [
      { name: 'url', valueUri: genders },
      { name: 'offset', valueInteger: 1 },
      { name: 'count', valueInteger: 2 },
    ]);
    assert.deepEqual([codesIn(page.json), page.json.expansion.total], [['female', 'other'], 4]);
  });

  test('takes the instance, and a value set that is sent', async () => {
    assert.deepEqual(codesIn((await ask('ValueSet/own/$expand')).json), ['bed', 'cot']);
    const sent = {
      resourceType: 'ValueSet',
      status: 'active',
      compose: { include: [{ valueSet: [owns] }, { system: gender }] },
    };
    const { json } = await post('ValueSet/$expand', [{ name: 'valueSet', resource: sent }]);
    assert.deepEqual(codesIn(json), ['bed', 'cot', 'male', 'female', 'other', 'unknown']);
    const bare = await server.ask('ValueSet/$expand?filter=cot', all, { method: 'POST', body: JSON.stringify(sent) });
    assert.deepEqual(codesIn((await bare.json()) as Json), ['cot']);
  });

  test('says why there is no answer', async () => {
    for (const [path, status, code] of [
      ['ValueSet/$expand?url=http://a.example/none', 404, 'not-found'],
      ['ValueSet/$expand', 400, 'invalid'],
      [`ValueSet/$expand?url=${genders}&count=x`, 400, 'invalid'],
      [`ValueSet/$expand?url=${genders}&profile=http://a.example`, 400, 'not-supported'],
      ['ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/condition-code', 422, 'not-supported'],
      ['ValueSet/none/$expand', 404, 'not-found'],
    ] as const) {
      const answer = await ask(path);
      assert.deepEqual([answer.status, answer.json.issue[0]?.code], [status, code], path);
    }
  });
});

describe('$validate-code', () => {
  test('in a value set tells whether the code is in it, and its right display', async () => {
    const valid = await ask(`ValueSet/$validate-code?url=${genders}&system=${gender}&code=male&display=male`);
    assert.deepEqual(valuesIn(valid.json), { result: true, display: 'Male' });
    const wrong = valuesIn(
      (await ask(`ValueSet/$validate-code?url=${genders}&system=${gender}&code=male&display=Man`)).json,
    );
    assert.deepEqual([wrong.result, wrong.display], [false, 'Male']);
    const none = valuesIn((await ask(`ValueSet/$validate-code?url=${genders}&system=${gender}&code=man`)).json);
    assert.equal(none.result, false);
    const codeableConcept = {
      coding: [
        { system: 'http://a.example', code: 'm' },
        { system: gender, code: 'male' },
      ],
    };
    const concept = await post('ValueSet/$validate-code', [
      { name: 'url', valueUri: genders },
      { name: 'codeableConcept', valueCodeableConcept: codeableConcept },
    ]);
    assert.equal(valuesIn(concept.json).result, true);
    assert.equal(valuesIn((await ask(`ValueSet/own/$validate-code?system=${own}&code=cot`)).json).result, true);
  });

  test('in a code system', async () => {
    assert.equal(valuesIn((await ask(`CodeSystem/$validate-code?url=${own}&code=cot`)).json).result, true);
    assert.equal(valuesIn((await ask('CodeSystem/own/$validate-code?code=sofa')).json).result, false);
    const coding = { system: gender, code: 'male' };
    const sent = await post('CodeSystem/$validate-code', [{ name: 'coding', valueCoding: coding }]);
    assert.equal(valuesIn(sent.json).result, true);
    const unknown = await ask('CodeSystem/$validate-code?url=http://snomed.info/sct&code=1');
    assert.equal(unknown.status, 404);
  });

  test('of codes that are not at hand says so instead of no', async () => {
    const url = 'http://hl7.org/fhir/ValueSet/condition-code';
    const { status, json } = await ask(`ValueSet/$validate-code?url=${url}&system=http://snomed.info/sct&code=1`);
    assert.deepEqual([status, json.issue[0]?.code], [422, 'not-supported']);
    assert.equal((await ask(`ValueSet/$validate-code?url=${genders}`)).status, 400);
  });
});

describe('CodeSystem/$lookup and $subsumes', () => {
  test('tell of a code', async () => {
    const { json } = await ask(`CodeSystem/$lookup?system=${gender}&code=female`);
    assert.equal(valuesIn(json).display, 'Female');
    const parents = json.parameter.filter(({ name }) => name === 'property');
    assert.ok(parents.length > 0);
    const sent = await post('CodeSystem/$lookup', [
      { name: 'coding', valueCoding: { system: own, code: 'cot' } },
      { name: 'property', valueCode: 'parent' },
    ]);
    const part = [
      { name: 'code', valueCode: 'parent' },
      { name: 'value', valueCode: 'bed' },
    ];
    assert.deepEqual(sent.json.parameter.at(-1), { name: 'property', part });
    assert.equal((await ask(`CodeSystem/$lookup?system=${gender}&code=none`)).status, 404);
    assert.equal((await ask('CodeSystem/$lookup?code=none')).status, 400);
  });

  test('compare two codes', async () => {
    const outcome = async (query: string) => valuesIn((await ask(`CodeSystem/${query}`)).json).outcome;
    assert.equal(await outcome(`$subsumes?system=${own}&codeA=bed&codeB=cot`), 'subsumes');
    assert.equal(await outcome('own/$subsumes?codeA=cot&codeB=bed'), 'subsumed-by');
    assert.equal(await outcome(`$subsumes?system=${actCode}&codeA=AMB&codeB=AMB`), 'equivalent');
    assert.equal(await outcome(`$subsumes?system=${actCode}&codeA=_ActEncounterCode&codeB=AMB`), 'subsumes');
    assert.equal(await outcome(`$subsumes?system=${actCode}&codeA=AMB&codeB=IMP`), 'not-subsumed');
    assert.equal((await ask(`CodeSystem/$subsumes?system=${own}&codeA=bed`)).status, 400);
    const two = await post('CodeSystem/$subsumes', [
      { name: 'codingA', valueCoding: { system: own, code: 'bed' } },
      { name: 'codingB', valueCoding: { system: gender, code: 'male' } },
    ]);
    assert.equal(two.status, 400);
  });
});

describe('operations on codes', () => {
  test('need the right to search all ValueSets and CodeSystems: they answer from all of them', async () => {
    for (const scope of [
      'system/Patient.rs',
      'system/ValueSet.rs',
      'system/ValueSet.rs?status=active system/CodeSystem.rs',
    ]) {
      const token = await server.token(scope);
      for (const path of [
        `ValueSet/$expand?url=${owns}`,
        `ValueSet/$validate-code?url=${owns}&system=${own}&code=cot`,
        `CodeSystem/$lookup?system=${own}&code=cot`,
        `CodeSystem/$subsumes?system=${own}&codeA=bed&codeB=cot`,
      ]) {
        assert.equal((await ask(path, token)).status, 403, `${scope}: ${path}`);
      }
    }
    const enough = await server.token('system/ValueSet.rs system/CodeSystem.rs');
    assert.equal((await ask(`ValueSet/$expand?url=${owns}`, enough)).status, 200);
  });

  test('are listed in metadata', async () => {
    const { json } = await ask('metadata');
    const text = JSON.stringify(json);
    for (const name of [
      'ValueSet-expand',
      'ValueSet-validate-code',
      'CodeSystem-validate-code',
      'CodeSystem-lookup',
      'CodeSystem-subsumes',
    ]) {
      assert.ok(text.includes(`"definition":"http://hl7.org/fhir/OperationDefinition/${name}"`), name);
    }
  });
});
