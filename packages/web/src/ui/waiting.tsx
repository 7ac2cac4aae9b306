import { Center, Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** Something is on its way. */
export function Waiting() {
  const { t } = useTranslation('ui', { useSuspense: false });
  return (
    <Center mih="10rem">
      <Loader role="status" aria-label={t('waiting')} />
    </Center>
  );
}
