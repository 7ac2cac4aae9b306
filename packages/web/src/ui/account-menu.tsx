import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconUser } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { signOut, useOwnAccount } from './account.ts';
import { issuerOf, signInUrl } from './session.ts';

/** Who is signed in, and the way out; or the way in. */
export function AccountMenu({ site }: { readonly site: string }) {
  const { t } = useTranslation('ui');
  const { data: account, isPending } = useOwnAccount(site);
  if (isPending) return null;
  if (!account) {
    return (
      <Button component="a" href={signInUrl(site)} size="xs" variant="light">
        {t('sign-in')}
      </Button>
    );
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('account', { name: account.user_name })}>
          <IconUser size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{account.user_name}</Menu.Label>
        <Menu.Item component="a" href={`/portal/${site}`}>
          {t('portal')}
        </Menu.Item>
        {account.role === 'administrator' && (
          <Menu.Item component="a" href={`/console/${site}`}>
            {t('console')}
          </Menu.Item>
        )}
        <Menu.Item component="a" href="/playground">
          {t('playground')}
        </Menu.Item>
        <Menu.Item component="a" href={`${issuerOf(site)}/account`}>
          {t('own-account')}
        </Menu.Item>
        <Menu.Item onClick={() => void signOut(site)}>{t('sign-out')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
