import { Anchor, Center, Stack, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** Nothing of the app is at this address. */
export function NotFound() {
  const { t } = useTranslation('ui');
  return (
    <Center mih="60vh" component="main">
      <Stack align="center">
        <Title order={1} size="h2">
          {t('not-found')}
        </Title>
        <Anchor href="/">{t('to-start')}</Anchor>
      </Stack>
    </Center>
  );
}
