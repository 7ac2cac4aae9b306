import { home, type Reference, type TransactionEntry } from './bundle.ts';
import { usCoreProfile } from './profile.ts';
import { Random } from './random.ts';
import { familyBeginnings, familyEnds, givenNames } from './tables/names.ts';
import { type CareSite, type CareSiteKey, careSites, type PayerKey, payers } from './tables/organizations.ts';
import { type Place, places, streets } from './tables/places.ts';
import { type Specialty, specialties } from './tables/specialties.ts';
import { type Concept, coding, concept, system } from './tables/system.ts';

/** Where the patients of one seed are cared for. Its resources are named by identifier, so any server may give the ids. */
export type Network = {
  readonly place: Place;
  readonly sites: Readonly<Record<CareSiteKey, Site>>;
  readonly payers: Readonly<Record<PayerKey, Reference>>;
  readonly clinicians: readonly Clinician[];
  readonly entries: readonly TransactionEntry[];
};

export type Site = { readonly key: CareSiteKey; readonly organization: Reference; readonly location: Reference };

export type Clinician = {
  readonly specialty: Specialty;
  readonly practitioner: Reference;
  readonly role: Reference;
  readonly site: Site;
};

export function networkOf(seed: string): Network {
  const draw = new Draw(new Random(`${seed}/network`));
  const sites = {} as Record<CareSiteKey, Site>;
  const clinicians: Clinician[] = [];
  const parent = draw.organization(`${draw.place.city} Health Network`, concept(providerKind));
  for (const careSite of careSites) {
    const site = draw.site(careSite, parent);
    sites[careSite.key] = site.outside;
    for (const specialty of careSite.clinicians) clinicians.push(draw.clinician(specialty, site));
  }
  const references = {} as Record<PayerKey, Reference>;
  for (const key of Object.keys(payers) as PayerKey[]) {
    references[key] = draw.organization(payers[key].name, payers[key].kind).outside;
  }
  return { place: draw.place, sites, payers: references, clinicians, entries: draw.entries };
}

/** How a resource is named inside the supporting bundle, and how patients' bundles name it. */
type Names = { readonly inside: Reference; readonly outside: Reference };

type DrawnSite = {
  readonly inside: { organization: Reference; location: Reference; endpoint: Reference };
  readonly outside: Site;
};

class Draw {
  readonly random: Random;
  readonly place: Place;
  readonly entries: TransactionEntry[] = [];

  constructor(random: Random) {
    this.random = random;
    this.place = random.weighted(places);
  }

  organization(name: string, kind: Concept, partOf?: Names): Names {
    const npi = npiOf(this.random);
    return this.#add(
      'Organization',
      name,
      { system: system.npi, value: npi },
      {
        active: true,
        type: [kind],
        name,
        telecom: this.#telecom(),
        address: [addressOf(this.random, this.place, 'work')],
        ...(partOf && { partOf: partOf.inside }),
      },
    );
  }

  site(careSite: CareSite, parent: Names): DrawnSite {
    const name = `${this.place.city} ${careSite.name}`;
    const organization = this.organization(name, careSite.kind, parent);
    const endpoint = this.#endpoint(careSite.key, name, organization);
    const location = this.#add(
      'Location',
      name,
      { system: `${home}/location`, value: this.random.uuid() },
      {
        status: 'active',
        name,
        type: [careSite.site],
        telecom: this.#telecom(),
        address: addressOf(this.random, this.place, 'work'),
        managingOrganization: organization.inside,
      },
    );
    return {
      inside: { organization: organization.inside, location: location.inside, endpoint },
      outside: { key: careSite.key, organization: organization.outside, location: location.outside },
    };
  }

  clinician(specialty: Specialty, site: DrawnSite): Clinician {
    const gender = this.random.chance(0.5) ? 'female' : 'male';
    const given = this.random.pick(givenNames[gender]);
    const family = familyOf(this.random);
    const display = `Dr. ${given} ${family}`;
    const telecom = [phoneOf(this.random, this.place, 'work'), mailOf(given, family, 'work')];
    const practitioner = this.#add(
      'Practitioner',
      display,
      { system: system.npi, value: npiOf(this.random) },
      {
        active: true,
        name: [{ use: 'official', family, given: [given], prefix: ['Dr.'] }],
        telecom,
        address: [addressOf(this.random, this.place, 'work')],
        gender,
      },
    );
    const role = this.#add(
      'PractitionerRole',
      display,
      { system: `${home}/role`, value: this.random.uuid() },
      {
        active: true,
        practitioner: practitioner.inside,
        organization: site.inside.organization,
        code: [specialties[specialty].specialty],
        specialty: [specialties[specialty].specialty],
        location: [site.inside.location],
        telecom,
        endpoint: [site.inside.endpoint],
      },
    );
    return { specialty, practitioner: practitioner.outside, role: role.outside, site: site.outside };
  }

  /** Where the site's systems are reached. */
  #endpoint(key: CareSiteKey, name: string, organization: Names): Reference {
    const names = this.#add(
      'Endpoint',
      name,
      { system: `${home}/endpoint`, value: this.random.uuid() },
      {
        status: 'active',
        connectionType: fhirRest,
        name: `FHIR at ${name}`,
        managingOrganization: organization.inside,
        payloadType: [anyPayload],
        address: `${home}/${key}/fhir`,
      },
    );
    return names.inside;
  }

  #telecom() {
    return [phoneOf(this.random, this.place, 'work')];
  }

  #add(type: string, display: string, identifier: { system: string; value: string }, members: object): Names {
    const id = this.random.uuid();
    const search = `identifier=${identifier.system}|${identifier.value}`;
    this.entries.push({
      fullUrl: `urn:uuid:${id}`,
      resource: {
        resourceType: type,
        id,
        ...(type !== 'Endpoint' && { meta: usCoreProfile(`us-core-${type.toLowerCase()}`) }),
        identifier: [identifier],
        ...members,
      },
      request: { method: 'POST', url: type, ifNoneExist: search },
    });
    return {
      inside: { reference: `urn:uuid:${id}`, display },
      outside: Object.freeze({ reference: `${type}?${search}`, display }),
    };
  }
}

const fhirRest = coding(`${system.terminology}/endpoint-connection-type`, 'hl7-fhir-rest', 'HL7 FHIR');
const anyPayload = concept(coding(`${system.terminology}/endpoint-payload-type`, 'any', 'Any'));
const providerKind = coding(`${system.terminology}/organization-type`, 'prov', 'Healthcare Provider');

export function familyOf(random: Random): string {
  return random.pick(familyBeginnings) + random.pick(familyEnds);
}

export function addressOf(random: Random, place: Place, use: 'home' | 'work' = 'home') {
  return {
    use,
    line: [`${random.int(1, 980)} ${random.pick(streets)}`],
    city: place.city,
    state: place.state,
    postalCode: place.zip + random.digits(2),
    country: 'US',
  };
}

/** A number of the range that is kept for fiction: 555-0100 to 555-0199. */
export function phoneOf(random: Random, place: Place, use: string) {
  return { system: 'phone', value: `${place.areaCode}-555-01${random.digits(2)}`, use };
}

export function mailOf(given: string, family: string, use: string) {
  return { system: 'email', value: `${given}.${family}@mail.example`.toLowerCase(), use };
}

/** A National Provider Identifier with a right check digit that begins with 9, which none that is given out does. */
function npiOf(random: Random): string {
  const digits = `9${random.digits(8)}`;
  let sum = 24;
  for (let i = 0; i < 9; i++) {
    const doubled = Number(digits[8 - i]) * (i % 2 === 0 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return digits + ((10 - (sum % 10)) % 10);
}
