import { type Day, startOf, yearDays } from '../date.ts';
import { drawPerson, type Person } from '../person.ts';
import type { Random } from '../random.ts';
import { givenNames } from '../tables/names.ts';
import { ethnicities, languages, races } from '../tables/people.ts';

export type Role = 'infant' | 'child' | 'mother' | 'worker' | 'stranger' | 'elder';

type Cast = Pick<Person, 'sex' | 'marital' | 'smoking'> &
  Partial<Pick<Person, 'race' | 'ethnicity' | 'language'>> & {
    /** Age at the end of the record. */
    readonly years: number;
    readonly isDead?: true;
  };

const indigenous = races.find((race) => 'tribe' in race) ?? races[0];
const asian = races.find((race) => 'detailed' in race) ?? races[0];
const hispanic = ethnicities.find((ethnicity) => 'detailed' in ethnicity) ?? ethnicities[0];

/** Who is shown. Names, bodies and what else is not said here are drawn by the seed. */
export const cast: Readonly<Record<Role, Cast>> = {
  infant: { years: 0.8, sex: 'female', marital: 'never', smoking: 'never' },
  child: { years: 9.4, sex: 'male', marital: 'never', smoking: 'never', race: asian },
  mother: {
    years: 34.5,
    sex: 'female',
    marital: 'married',
    smoking: 'never',
    ethnicity: hispanic,
    language: languages[1],
  },
  worker: { years: 58.2, sex: 'male', marital: 'married', smoking: 'former' },
  stranger: { years: 46.7, sex: 'male', marital: 'divorced', smoking: 'current', race: indigenous },
  elder: { years: 84.1, sex: 'female', marital: 'widowed', smoking: 'never', isDead: true },
};

export function castPerson(role: Role, random: Random, today: Day): Person {
  const { years, isDead, ...fixed } = cast[role];
  const { death: _, maiden, ...drawn } = drawPerson(random, today);
  const birth = today - Math.round(years * yearDays);
  const names = givenNames[fixed.sex];
  return {
    ...drawn,
    ...fixed,
    birth,
    given: [random.pick(names), random.pick(names)],
    ...(role === 'mother' && {
      maiden: { family: maiden?.family ?? `${drawn.family}e`, until: birth + Math.round(26 * yearDays) },
    }),
    ...(isDead && { death: startOf(today - 40) + 5 * 3600 }),
  };
}
