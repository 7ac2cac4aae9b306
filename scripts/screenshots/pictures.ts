import type { Page } from 'playwright-core';
import type { Story } from './story.ts';

/** A picture of a page: whose window it is, and what is done before it is taken. */
export type Picture = {
  /** Of the file, without `.png`. */
  readonly name: string;
  readonly path: (story: Story) => string;
  /** A demo account; undefined: nobody is signed in. */
  readonly as?: 'demo-administrator' | 'demo-patient' | 'demo-guardian';
  readonly dark?: boolean;
  readonly width?: number;
  readonly height?: number;
  readonly locale?: string;
  readonly before?: (page: Page, story: Story) => Promise<void>;
};

const administrator = { as: 'demo-administrator' } as const;

export const pictures: readonly Picture[] = [
  { name: 'console', ...administrator, path: () => '/console/default' },
  { name: 'playground', path: () => '/playground' },
  { name: 'portal', as: 'demo-patient', path: () => '/portal/default' },
  { name: 'sign-in', path: () => '/oauth2/default/sign-in', width: 480 },
];
