import { FhirError, OAuthError, UnreachableError } from '@chartgate/client';
import { Alert, Button, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

type ProblemProps = { readonly error: unknown; readonly retry?: () => void };

/** What went wrong, what can be done, and the number by which others find the rest. */
export function Problem({ error, retry }: ProblemProps) {
  const { t } = useTranslation('ui');
  return (
    <Alert color="red" variant="light" role="alert" icon={<IconAlertTriangle />} title={t('problem')}>
      <Text size="sm">{messageOf(error, t('unreachable'))}</Text>
      {error instanceof OAuthError && error.ticket && (
        <Text size="sm" c="dimmed">
          {t('reference', { ticket: error.ticket })}
        </Text>
      )}
      {retry && (
        <Button size="xs" variant="light" color="red" mt="xs" onClick={retry}>
          {t('again')}
        </Button>
      )}
    </Alert>
  );
}

/** What a failure says to people. */
export function messageOf(error: unknown, unreachable: string): string {
  if (error instanceof UnreachableError) return unreachable;
  if (error instanceof OAuthError) return error.description ?? error.error;
  if (error instanceof FhirError) {
    const said = error.issues.map((issue) => issue.details?.text ?? issue.diagnostics).filter(Boolean);
    return said.length > 0 ? said.join(' ') : error.message;
  }
  return error instanceof Error ? error.message : String(error);
}
