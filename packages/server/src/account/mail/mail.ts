/** A message to one address, in plain text. */
export type Mail = { readonly to: string; readonly subject: string; readonly text: string };

/** Sends mail of a site. It answers when the message is kept for sending, and tries again by itself. */
export interface Mailer {
  send(site: string, mail: Mail): Promise<void>;
}
