import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

type ConfirmDialogProps = {
  readonly title: string;
  readonly children: ReactNode;
  /** What the button that does it says. */
  readonly action: string;
  readonly isOpen: boolean;
  readonly isBusy?: boolean;
  /** What must be typed first: only where it cannot be undone. */
  readonly typed?: string;
  readonly confirm: () => void;
  readonly close: () => void;
};

/** Asks before something that matters. */
export function ConfirmDialog({ title, children, action, isOpen, isBusy, typed, confirm, close }: ConfirmDialogProps) {
  const { t } = useTranslation('ui');
  const [text, setText] = useState('');
  const finish = () => {
    setText('');
    close();
  };
  return (
    <Modal opened={isOpen} onClose={finish} title={title} closeButtonProps={{ 'aria-label': t('close') }}>
      <Stack>
        <div>{children}</div>
        {typed !== undefined && (
          <>
            <Text size="sm">{t('type-to-confirm', { text: typed })}</Text>
            <TextInput
              aria-label={t('type-to-confirm', { text: typed })}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
          </>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={finish}>
            {t('cancel')}
          </Button>
          <Button
            color="red"
            loading={isBusy ?? false}
            disabled={typed !== undefined && text !== typed}
            onClick={confirm}
          >
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
