import { Button, Center, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { signOut } from '../ui/account.ts';

/** Somebody is signed in who decides nothing here. */
export function NoAdministrator({ name, site }: { readonly name: string; readonly site: string }) {
  const { t } = useTranslation('ui');
  return (
    <Center mih="60vh" component="main" p="md">
      <Stack align="center">
        <Title order={1} size="h2">
          {t('not-here')}
        </Title>
        <Text>{t('administrators-only', { name })}</Text>
        <Button onClick={() => void signOut(site)}>{t('sign-out')}</Button>
      </Stack>
    </Center>
  );
}
