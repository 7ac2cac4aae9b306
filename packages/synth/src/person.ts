import { type Day, daySeconds, startOf, type Time, yearDays, yearsBetween } from './date.ts';
import { familyOf } from './network.ts';
import type { Random } from './random.ts';
import { growth, interpolate } from './tables/growth.ts';
import { givenNames } from './tables/names.ts';
import { ages, ethnicities, languages, races } from './tables/people.ts';

/** Who a patient is, apart from any resource. */
export type Person = {
  readonly sex: 'female' | 'male';
  readonly birth: Day;
  readonly death?: Time;
  readonly given: readonly [string, string];
  readonly family: string;
  /** Family name before marriage, and the day of it. */
  readonly maiden?: { readonly family: string; readonly until: Day };
  readonly marital: 'married' | 'never' | 'divorced' | 'widowed';
  readonly race: (typeof races)[number];
  readonly ethnicity: (typeof ethnicities)[number];
  readonly language: (typeof languages)[number];
  readonly smoking: 'never' | 'former' | 'current';
  /** Standard scores of height, weight and blood pressure: how this body differs from the median. */
  readonly tall: number;
  readonly heavy: number;
  readonly tense: number;
};

export function drawPerson(random: Random, today: Day): Person {
  const band = random.weighted(ages);
  const age = Math.max(0.06, random.between(band.from, band.to));
  const birth = today - Math.round(age * yearDays);
  const sex = random.chance(0.51) ? 'female' : 'male';
  const names = givenNames[sex];
  const marital = maritalAt(random, age);
  const died = age > 58 && random.chance((age - 52) / 260);
  return {
    sex,
    birth,
    given: [random.pick(names), random.pick(names)],
    family: familyOf(random),
    marital,
    race: random.weighted(races),
    ethnicity: random.weighted(ethnicities),
    language: random.weighted(languages),
    smoking: smokingAt(random, age),
    tall: bounded(random.bell()),
    heavy: bounded(random.bell()),
    tense: bounded(random.bell()),
    ...(died && { death: startOf(today - random.int(20, 700)) + random.int(0, daySeconds / 60 - 1) * 60 }),
    ...(sex === 'female' &&
      marital !== 'never' &&
      random.chance(0.5) && {
        maiden: {
          family: familyOf(random),
          until: birth + Math.round(yearDays * random.between(19, Math.min(age, 32))),
        },
      }),
  };
}

/** Height in cm, weight in kg and their BMI on a day. People slowly gain weight from 18 to 50. */
export function bodyAt(person: Person, day: Day): { height: number; weight: number; bmi: number } {
  const years = yearsBetween(person.birth, day);
  const months = Math.min(216, years * 12);
  const column = person.sex === 'female' ? 1 : 3;
  const height = interpolate(growth, months, column) * (1 + 0.04 * person.tall);
  const lean = interpolate(growth, months, column + 1) * (1 + 0.08 * person.tall + 0.13 * person.heavy);
  const weight = lean * (1 + Math.min(0.34, Math.max(0, years - 18) * 0.0106));
  return { height, weight, bmi: weight / (height / 100) ** 2 };
}

function bounded(score: number): number {
  return Math.max(-2.2, Math.min(2.2, score));
}

function maritalAt(random: Random, age: number): Person['marital'] {
  if (age < 20 || random.chance(Math.max(0.15, (45 - age) / 30))) return 'never';
  if (age > 70 && random.chance(0.35)) return 'widowed';
  return random.chance(0.2) ? 'divorced' : 'married';
}

function smokingAt(random: Random, age: number): Person['smoking'] {
  if (age < 18) return 'never';
  const draw = random.fraction();
  if (draw < 0.13) return 'current';
  return draw < (age > 45 ? 0.38 : 0.22) ? 'former' : 'never';
}
