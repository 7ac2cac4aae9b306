import { useTranslation } from 'react-i18next';
import { Page } from '../../ui/page.tsx';

/** Where one starts. */
export function HomePage() {
  const { t } = useTranslation('playground-home');
  return <Page title={t('title')}>{t('lead')}</Page>;
}
