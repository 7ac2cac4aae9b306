import { ActionIcon, Code, CopyButton, Group, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

/** A value that people take along: shown as it is, with a button that copies it. @param label what it is, for the button's name */
export function CopyValue({ value, label }: { readonly value: string; readonly label: string }) {
  return (
    <Group gap={4} wrap="nowrap" align="center">
      <Code>{value}</Code>
      <Copy value={value} label={label} />
    </Group>
  );
}

/** The button alone. */
export function Copy({ value, label }: { readonly value: string; readonly label: string }) {
  const { t } = useTranslation('ui');
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Tooltip label={t(copied ? 'copied' : 'copy')}>
          <ActionIcon
            variant="subtle"
            color={copied ? 'teal' : 'gray'}
            onClick={copy}
            aria-label={t(copied ? 'copied' : 'copy-what', { what: label })}
          >
            {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}
