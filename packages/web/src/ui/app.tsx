import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { type AnyRouter, RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { startLanguage } from './language.ts';
import { queries } from './queries.ts';
import { shareStyleNonce, styleNonce } from './style-nonce.ts';
import { cssVariables, theme } from './theme.ts';

/** Starts an entry of the app in the page. @param entry namespace of its texts */
export async function startApp(entry: string, router: AnyRouter): Promise<void> {
  const root = document.getElementById('root');
  if (!root) throw new Error('The page has no place for the app');
  shareStyleNonce();
  await startLanguage(entry);
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariables}
        defaultColorScheme="auto"
        getStyleNonce={styleNonce}
      >
        <Notifications position="bottom-right" />
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
