import { type TypeRule, typeRules } from './type-rule.ts';

/** `docs/who-sees-what.md`, made from the table of types. */
export function typesPage(): string {
  return [
    '# Who sees what',
    '',
    '<!-- Made from packages/server/src/access/type-rule.ts by packages/server/scripts/types-page.ts: change it there. -->',
    '',
    'What `patient/` and `user/` scopes open of each resource type; `system/` scopes open what they name. "The patients" are',
    'the patient of the launch, or those that the user is listed for. "Staff" is a user to whom the whole site is open. The',
    'scopes still have to name the type and the letter. A type that is not here is closed to all but `system/` scopes.',
    '',
    ...typeRules.flatMap(({ rule, why, types }) => [
      `## ${headingOf(rule)}`,
      '',
      `${types.join(', ')}.`,
      '',
      `Why: ${why}.`,
      '',
    ]),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function headingOf(rule: TypeRule): string {
  const read = 'read and searched only';
  switch (rule.kind) {
    case 'compartment': {
      const staff = rule.staff ? 'staff: all' : 'staff: nothing';
      return `In the compartment of the patients${rule.writes ? '' : `, ${read}`}; ${staff}`;
    }
    case 'parameter':
      return `Where \`${rule.parameter}\` names one of the patients${rule.writes ? '' : `, ${read}`}; staff: all`;
    case 'shared':
      return `Everybody: all, ${read}`;
    case 'binary':
      return 'Of the patients, by securityContext or a document; staff: all';
    case 'staff':
      return 'Staff alone';
    case 'system':
      return '`system/` scopes alone';
    default:
      return rule satisfies never;
  }
}
