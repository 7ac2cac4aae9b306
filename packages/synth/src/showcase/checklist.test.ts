import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SyntheticResource } from '../bundle.ts';
import { supportingBundle } from '../supporting.ts';
import { objects } from '../testing/demands.ts';
import { codingsOf } from '../testing/select.ts';
import { showcase } from './showcase.ts';

/** What certification looks for beyond must-support elements, for several seeds: luck must not decide. */
for (const seed of ['checklist', 7, 'demo']) {
  const bundles = showcase({ seed });
  const supporting = supportingBundle({ seed }).entry.map(({ resource }) => resource);
  const records = bundles.map(({ entry }) => entry.map(({ resource }) => resource)).slice(0, -1);
  const all = records.flat();
  const of = (type: string, some: readonly SyntheticResource[] = all) =>
    some.filter(({ resourceType }) => resourceType === type);
  const codes = (value: unknown) =>
    [value].flat().flatMap((one) => codingsOf(one).map(({ system, code }) => `${system}|${code}`));
  const includesAll = (found: readonly string[], wanted: readonly string[]) => {
    assert.deepEqual(
      wanted.filter((one) => !found.includes(one)),
      [],
    );
  };
  const hl7 = 'http://terminology.hl7.org/CodeSystem';
  const usCore = 'http://hl7.org/fhir/us/core/CodeSystem';

  test(`seed ${seed}: the Group is that of the patients, four to eight of them`, () => {
    const [group, ...others] = bundles.at(-1)?.entry.map(({ resource }) => resource) ?? [];
    assert.ok(group?.resourceType === 'Group' && others.length === 0);
    const members = (group.member as { entity: { reference: string } }[]).map(({ entity }) => entity.reference);
    assert.deepEqual(
      members.sort(),
      of('Patient')
        .map(({ id }) => `Patient/${id}`)
        .sort(),
    );
    assert.ok(members.length >= 4 && members.length <= 8);
  });

  test(`seed ${seed}: every type of clinical note, and every category of report in words`, () => {
    const types = ['11488-4', '18842-5', '34117-2', '28570-0', '11506-3', '18748-4', '11502-2', '11526-1'];
    includesAll(
      of('DocumentReference').flatMap(({ type }) => codes(type)),
      types.map((code) => `http://loinc.org|${code}`),
    );
    includesAll(
      of('DiagnosticReport').flatMap(({ category }) => codes(category)),
      ['LP29708-2', 'LP7839-6', 'LP29684-5'].map((code) => `http://loinc.org|${code}`),
    );
  });

  test(`seed ${seed}: a report's attachment is a document's too, and its Binary holds the text`, () => {
    let seen = 0;
    for (const record of records) {
      const urls = of('DocumentReference', record).flatMap(({ content }) =>
        (content as { attachment: { url?: string } }[]).map(({ attachment }) => attachment.url),
      );
      for (const { url } of of('DiagnosticReport', record).flatMap(
        ({ presentedForm = [] }) => presentedForm as { url?: string }[],
      )) {
        if (url === undefined) continue;
        seen += 1;
        assert.ok(urls.includes(url), url);
        const binary = of('Binary', record).find(({ id }) => url === `Binary/${id}`);
        assert.match(atob(String(binary?.data)), /\w{3}/);
      }
    }
    assert.ok(seen >= 3);
    for (const document of of('DocumentReference')) assert.ok(document.custodian);
  });

  test(`seed ${seed}: the categories of screening, of answers and of concerns`, () => {
    const surveys = of('Observation')
      .map(({ category }) => codes(category))
      .filter((category) => category.includes(`${hl7}/observation-category|survey`));
    includesAll(surveys.flat(), [
      `${usCore}/us-core-category|sdoh`,
      `${usCore}/us-core-category|functional-status`,
      `${usCore}/us-core-category|disability-status`,
      `${usCore}/us-core-category|cognitive-status`,
      `${hl7}/observation-category|activity`,
      `${hl7}/observation-category|social-history`,
    ]);
    const concerns = of('Condition').map(({ category }) => codes(category));
    const isConcern = (category: readonly string[]) => category.includes(`${usCore}/condition-category|health-concern`);
    assert.ok(concerns.filter(isConcern).flat().includes(`${usCore}/us-core-category|sdoh`));
    includesAll(
      of('ServiceRequest').flatMap(({ category }) => codes(category)),
      [
        `${usCore}/us-core-category|sdoh`,
        `${usCore}/us-core-category|functional-status`,
        'http://snomed.info/sct|387713003',
        'http://snomed.info/sct|108252007',
      ],
    );
  });

  test(`seed ${seed}: what is missing says so, by extension and by code`, () => {
    const everything = all.flatMap((resource) => [...objects(resource)]);
    assert.ok(everything.some(({ url }) => url === 'http://hl7.org/fhir/StructureDefinition/data-absent-reason'));
    assert.ok(everything.some(({ system, code }) => system === `${hl7}/data-absent-reason` && code === 'unknown'));
  });

  test(`seed ${seed}: each patient is somebody, and together they are what US Core asks of a Patient`, () => {
    const patients = of('Patient');
    const names = patients.flatMap(
      ({ name }) => name as { use: string; suffix?: unknown; period?: { end?: string } }[],
    );
    assert.ok(names.some(({ use, period }) => use === 'old' && period?.end));
    assert.ok(names.some(({ suffix }) => suffix));
    const homes = patients.flatMap(({ address }) => address as { use: string; period?: { end?: string } }[]);
    assert.ok(homes.some(({ use, period }) => use === 'old' && period?.end));
    assert.ok(patients.some(({ deceasedDateTime }) => deceasedDateTime));
    assert.match(JSON.stringify(patients), /us-core-tribal-affiliation/);
  });

  test(`seed ${seed}: Provenance tells of every type who wrote it and who passed it on`, () => {
    const targets = of('Provenance').flatMap(({ target, agent }) => {
      const roles = (agent as { type: unknown }[]).flatMap(({ type }) => codes(type));
      includesAll(roles, [
        `${hl7}/provenance-participant-type|author`,
        `${usCore}/us-core-provenance-participant-type|transmitter`,
      ]);
      const types = (target as { reference: string }[]).map(({ reference }) => reference.split('/')[0] ?? '');
      assert.ok(types.includes('Patient'), "by the patient it lies in the patient's compartment");
      return types;
    });
    includesAll(
      targets,
      [...new Set(all.map(({ resourceType }) => resourceType))].filter((type) => type !== 'Provenance'),
    );
  });

  test(`seed ${seed}: drugs by code and by reference, ordered and the patient's own`, () => {
    for (const type of ['MedicationRequest', 'MedicationDispense']) {
      assert.ok(of(type).some(({ medicationReference }) => medicationReference));
      assert.ok(of(type).some(({ medicationCodeableConcept }) => medicationCodeableConcept));
    }
    const requests = of('MedicationRequest');
    includesAll(
      requests.map(({ intent }) => String(intent)),
      ['order', 'plan'],
    );
    assert.match(JSON.stringify(requests), /us-core-medication-adherence/);
  });

  test(`seed ${seed}: practitioners have an NPI and a whole address, devices are implants`, () => {
    for (const { identifier, address } of of('Practitioner', supporting)) {
      assert.match(JSON.stringify(identifier), /us-npi/);
      for (const part of ['line', 'city', 'state', 'postalCode', 'country']) {
        assert.ok((address as object[]).every((one) => part in one));
      }
    }
    assert.ok(of('Device').length >= 2);
  });
}
