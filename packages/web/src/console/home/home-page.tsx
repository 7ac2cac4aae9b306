import { Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ownAdminApi } from '../../ui/admin.ts';
import { Empty } from '../../ui/empty.tsx';
import { Page } from '../../ui/page.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useSite } from '../../ui/site.ts';
import { Time } from '../../ui/time.tsx';
import { Waiting } from '../../ui/waiting.tsx';

/** What waits for a decision. */
export function HomePage() {
  const { t } = useTranslation('console-home');
  const site = useSite();
  const { data, error, refetch } = useQuery({ queryKey: ['inbox', site], queryFn: () => ownAdminApi(site).inbox() });
  return (
    <Page title={t('title')} lead={t('lead')}>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data?.length === 0 && <Empty title={t('nothing')} />}
      {data && data.length > 0 && (
        <Table.ScrollContainer minWidth={280}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('client')}</Table.Th>
                <Table.Th>{t('since')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.map(({ client, since }) => (
                <Table.Tr key={client.client_id}>
                  <Table.Td>{client.client_name ?? client.client_id}</Table.Td>
                  <Table.Td>
                    <Time at={since} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Page>
  );
}
