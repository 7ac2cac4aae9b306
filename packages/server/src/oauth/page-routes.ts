import { listOwnApps, removeOwnApp } from '../account/apps/apps-api.ts';
import { appsPage } from '../account/apps/apps-page.ts';
import { consent } from './consent.ts';
import type { Endpoint } from './endpoint.ts';
import { launchApi } from './launch/launch-api.ts';
import { launchPage } from './launch/launch-page.ts';
import { patient } from './patient.ts';

/** The pages between the authorization endpoint and the app, the launch, and what users let in. */
export const pageRoutes: readonly (readonly [path: string, endpoint: Endpoint])[] = [
  ['/oauth2/:site/patient', patient],
  ['/oauth2/:site/consent', consent],
  ['/oauth2/:site/launch', launchPage],
  ['/oauth2/:site/account/apps', appsPage],
  ['/apis/:site/launch', launchApi],
  ['/apis/:site/account/me/apps', listOwnApps],
  ['/apis/:site/account/me/apps/:client', removeOwnApp],
];
