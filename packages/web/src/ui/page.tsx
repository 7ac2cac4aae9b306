import { Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';

type PageProps = {
  readonly title: string;
  /** One sentence on what can be done here. */
  readonly lead?: ReactNode;
  /** What can be done with all of the page: buttons, at the right of the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
};

/** A page of the app: its name is the document's title and the one heading of the first level. */
export function Page({ title, lead, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Chartgate`;
  }, [title]);
  return (
    <Stack gap="md" maw="75rem" mx="auto">
      <Group justify="space-between" align="flex-start" gap="sm">
        <div>
          <Title order={1} size="h2">
            {title}
          </Title>
          {lead && <Text c="dimmed">{lead}</Text>}
        </div>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
