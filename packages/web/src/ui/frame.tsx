import { Anchor, AppShell, Burger, Group, ScrollArea, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Outlet } from '@tanstack/react-router';
import { type ReactNode, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { AccountMenu } from './account-menu.tsx';
import { LanguageSwitch } from './language-switch.tsx';
import { Logo } from './logo.tsx';
import { SchemeSwitch } from './scheme-switch.tsx';
import { Waiting } from './waiting.tsx';

type FrameProps = {
  /** What this entry is called, beside the logo. */
  readonly title: string;
  /** Address of the entry's first page. */
  readonly home: string;
  readonly site: string;
  /** The entry's links; where there are none, there is no bar. Called with what closes the bar on small screens. */
  readonly navigation?: (close: () => void) => ReactNode;
  /** More for the header, such as a search. */
  readonly tools?: ReactNode;
};

/** What surrounds each page: the header, the navigation and the main part. */
export function Frame({ title, home, site, navigation, tools }: FrameProps) {
  const { t } = useTranslation('ui');
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const navbar = { width: 232, breakpoint: 'sm', collapsed: { mobile: !isOpen } } as const;
  return (
    <>
      <a className="skip-link" href="#main">
        {t('skip-to-content')}
      </a>
      <AppShell header={{ height: 56 }} {...(navigation ? { navbar } : {})} padding={{ base: 'sm', sm: 'lg' }}>
        <AppShell.Header>
          <Group h="100%" px="sm" gap="xs" wrap="nowrap" justify="space-between">
            <Group gap="xs" wrap="nowrap">
              {navigation && (
                <Burger
                  opened={isOpen}
                  onClick={toggle}
                  hiddenFrom="sm"
                  size="sm"
                  aria-label={t('menu')}
                  aria-expanded={isOpen}
                />
              )}
              <Anchor href={home} c="inherit" underline="never">
                <Group gap={8} wrap="nowrap">
                  <Logo />
                  <Text fw={650}>Chartgate</Text>
                  <Text c="dimmed" visibleFrom="xs">
                    {title}
                  </Text>
                </Group>
              </Anchor>
            </Group>
            <Group gap={4} wrap="nowrap">
              {tools}
              <LanguageSwitch />
              <SchemeSwitch />
              <AccountMenu site={site} />
            </Group>
          </Group>
        </AppShell.Header>
        {navigation && (
          <AppShell.Navbar p="xs">
            <AppShell.Section grow component={ScrollArea}>
              <nav aria-label={t('navigation')}>{navigation(close)}</nav>
            </AppShell.Section>
          </AppShell.Navbar>
        )}
        <AppShell.Main id="main" tabIndex={-1}>
          <Suspense fallback={<Waiting />}>
            <Outlet />
          </Suspense>
        </AppShell.Main>
      </AppShell>
    </>
  );
}
