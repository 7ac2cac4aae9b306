import { Button, Checkbox, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyValue } from './copy-value.tsx';

type SecretDialogProps = {
  readonly title: string;
  /** What it opens, and where it belongs. */
  readonly lead: string;
  /** undefined: nothing is shown. */
  readonly secret: string | undefined;
  readonly close: () => void;
};

/** A secret that is shown once: the dialog closes only after its reader said that it is saved. */
export function SecretDialog({ title, lead, secret, close }: SecretDialogProps) {
  const { t } = useTranslation('ui');
  const [isSaved, setSaved] = useState(false);
  const finish = () => {
    setSaved(false);
    close();
  };
  return (
    <Modal
      opened={secret !== undefined}
      onClose={finish}
      title={title}
      closeOnEscape={false}
      closeOnClickOutside={false}
      withCloseButton={false}
    >
      <Stack>
        <Text size="sm">{lead}</Text>
        <CopyValue value={secret ?? ''} label={title} />
        <Text size="sm" c="dimmed">
          {t('shown-once')}
        </Text>
        <Checkbox label={t('saved')} checked={isSaved} onChange={(event) => setSaved(event.currentTarget.checked)} />
        <Button onClick={finish} disabled={!isSaved}>
          {t('done')}
        </Button>
      </Stack>
    </Modal>
  );
}
